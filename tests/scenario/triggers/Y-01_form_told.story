Y-01  A submitted form becomes a task
we do: One task on the lead that the form makes, in the same sync.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when Ana submits the form Contact us
and they sync
then it was started by form_submitted of Ana
and Salesforce shows the task Form submitted: Contact us once on Ana
when they sync
then Salesforce shows 1 tasks on Ana
