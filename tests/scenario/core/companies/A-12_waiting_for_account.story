A-12  Waiting for account to sync
E-01  Associations
we do: The record syncs, and its association comes by itself when the account does.
standing: better
why: Nobody has to import accounts first, and no error stays behind.

given companies are synced too
and the setting create_in_hubspot of companies is never
and Acme is an account in Salesforce with Name = Acme
and Ana is a contact in Salesforce with Email = ana@acme.example, LastName = Ruiz
and in Salesforce Ana is tied to Acme
when they sync
then in HubSpot Ana has lastname = Ruiz
and in HubSpot Ana is tied to no companies
given the setting create_in_hubspot of companies is always
when in Salesforce Acme gets Name = "Acme SA"
and they sync twice
then in HubSpot Ana is tied to Acme as primary
