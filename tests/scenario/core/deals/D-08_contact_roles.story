D-08  Contacts of a deal follow contact roles, both ways
we do: The same.
standing: same

given deals are synced too
and the setting create_in_salesforce of contacts is contact
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz
and Big is a deal in HubSpot with dealname = Big
and in HubSpot Big is tied to Ana
when they sync
then in Salesforce Big is tied to Ana
when in Salesforce Big is tied to Ben as Decision Maker
and they sync
then in HubSpot Big is tied to Ben
when in HubSpot Big is untied from Ana
and they sync
then in Salesforce Big is not tied to Ana
and in Salesforce Big is tied to Ben as Decision Maker
and the next syncs write nothing
