T-27  Syncing again from the list of errors
N-04  A contact that fails a validation rule does not sync
E-16  Errors leave the list when the record syncs
we do: The chosen records are tried again at once; any number of them.
standing: better
why: HubSpot's own retries a hundred at a time.

given in Salesforce Lead refuses Title = "Refused", saying No such title
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega, jobtitle = Refused
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega, jobtitle = Refused
when they sync
then Ana needs attention: salesforce.validation_rule
and Ben needs attention: salesforce.validation_rule
and Ana is nowhere in Salesforce
when in Salesforce Lead refuses no more
and a person retries the problems of Ana and Ben
then in Salesforce Ana has LastName = Ruiz
and it was started by manual_retry of Ana
and Ana is in step
and Ben is in step
