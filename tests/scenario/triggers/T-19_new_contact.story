T-19  A new contact is created in HubSpot
we do: It is made in Salesforce.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
then in Salesforce Ana has LastName = Ruiz
and it was started by hubspot_record_created of Ana
