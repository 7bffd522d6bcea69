M-09  The owner is two-way whatever its rule says
O-07  The most recent owner change wins
we do: The owner's line has a law of its own, whatever rule the settings name.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, hubspot_owner_id = 1
and the rule of hubspot_owner_id is Always use Salesforce
when they sync
then in Salesforce Ana has OwnerId = 005000000000001AAA
when in HubSpot Ana gets hubspot_owner_id = 2
and they sync
then in Salesforce Ana has OwnerId = 005000000000002AAA
when in Salesforce Ana gets OwnerId = 005000000000001AAA
and they sync
then in HubSpot Ana has hubspot_owner_id = 1
and the line hubspot_owner_id of contacts keeps its law whatever its rule: owner
