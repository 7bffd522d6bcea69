I-01  Only active lists can be chosen
we do: A list that is not there, or of other records, stops its own object with what to do; all others go on.
standing: better
why: Syncing everybody because a list was deleted would be worse than syncing nobody.

given the inclusion list of contacts is 999999
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Vega is a company in HubSpot with name = Vega Ninety, domain = vega90.example
when they sync
then contacts could not be synced: no list 999999
and Ana is nowhere in Salesforce
and in Salesforce Vega has Name = Vega Ninety
when Clients is a static list of companies
and the inclusion list of contacts is Clients
and they sync
then contacts could not be synced: holds companies, not contacts
