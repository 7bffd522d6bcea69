MV-15  An owner must match the other side exactly
O-01  Salesforce's owner goes to the HubSpot owner whose user matches
O-03  Only owners that match an active user go to Salesforce
O-04  An owner without a match is reset to Salesforce's
U-08  An owner edit in HubSpot to a user without a match is undone
we do: Owners match by e-mail address; HubSpot's owner without a match is put back, and the edit is kept in the history.
standing: same

given Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, OwnerId = 005000000000001AAA
when they sync
then in HubSpot Ana has hubspot_owner_id = 1
when in HubSpot Ana gets hubspot_owner_id = 3
and they sync
then in HubSpot Ana has hubspot_owner_id = 1
and in Salesforce Ana has OwnerId = 005000000000001AAA
and the lost value 3 of Ana is kept in its history
