O-09  A blank owner is filled from Salesforce
we do: Clearing the owner in HubSpot brings Salesforce's back.
standing: same

given Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, OwnerId = 005000000000001AAA
when they sync
and in HubSpot Ana gets hubspot_owner_id = (blank)
and they sync
then in HubSpot Ana has hubspot_owner_id = 1
and in Salesforce Ana has OwnerId = 005000000000001AAA
