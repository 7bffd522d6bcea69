T-18  A new lead or contact is created in Salesforce
we do: The record is made in HubSpot.
standing: same

given Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Ben is a contact in Salesforce with Email = ben@vega.example, LastName = Ortiz
when they sync
then in HubSpot Ana has lastname = Ruiz
and in HubSpot Ben has lastname = Ortiz
and it was started by salesforce_record_created of Ana
and it was started by salesforce_record_created of Ben
