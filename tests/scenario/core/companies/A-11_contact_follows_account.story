A-11  The contact's company follows the account of its Salesforce contact
we do: The same, and back: the primary company in HubSpot is the account in Salesforce.
standing: better
why: An association is data like any other; who changed it last is followed.

given companies are synced too
and the setting create_in_salesforce of contacts is contact
and Acme is an account in Salesforce with Name = Acme
and Vega is an account in Salesforce with Name = Vega
and Ana is a contact in Salesforce with Email = ana@acme.example, LastName = Ruiz
and in Salesforce Ana is tied to Acme
when they sync twice
then in HubSpot Ana is tied to Acme as primary
when in Salesforce Ana is tied to Vega
and they sync twice
then in HubSpot Ana is tied to Vega as primary
when in HubSpot Ana is tied to Acme as primary
and they sync twice
then in Salesforce Ana is tied to Acme
and the next syncs write nothing
