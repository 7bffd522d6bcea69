T-03  A contact submits a HubSpot form
we do: The contact is synced, ahead of other work; whether the submission is told in a task is a setting.
standing: same

given the activity form_submitted is off
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when Ana submits the form Contact us
and they sync
then in Salesforce Ana has LastName = Ruiz
and it was started by form_submitted of Ana
and Salesforce shows 0 tasks on Ana
