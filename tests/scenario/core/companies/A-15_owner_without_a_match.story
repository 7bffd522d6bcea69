A-15  A new account without a matching owner gets the integration user
O-08  Whoever has no match is left to Salesforce
D-11  A new opportunity without a matching owner gets the integration user
we do: The same: no owner is sent, so Salesforce gives it to the user who writes.
standing: same

given companies and deals are synced too
and Acme is a company in HubSpot with name = Acme, hubspot_owner_id = 3
and Big is a deal in HubSpot with dealname = Big, hubspot_owner_id = 3
when they sync
then in Salesforce Acme has OwnerId = (blank)
and in Salesforce Big has OwnerId = (blank)
