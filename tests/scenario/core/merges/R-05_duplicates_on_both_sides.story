R-05  Duplicates on both sides: merge Salesforce first, then HubSpot
we do: Either order comes to one pair.
standing: better
why: Nobody should have to know an order.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Anna is a contact in HubSpot with email = anna@acme.example, lastname = Ruiz, company = Acme
when they sync
and in HubSpot Anna is merged into Ana
and they sync twice
and in Salesforce Anna is merged into Ana
and they sync twice
then in Salesforce there is one lead
and in HubSpot there is one contact
and HubSpot's Ana and Salesforce's Ana are a pair
and there is no problem
and the next syncs write nothing
