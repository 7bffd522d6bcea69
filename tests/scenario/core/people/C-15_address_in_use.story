C-15  An address that another HubSpot contact has cannot be taken over
we do: The same: a problem; it resolves by itself when the address is free.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
and in Salesforce Ana gets Email = ben@acme.example
and they sync
then Ana needs attention: duplicate.value
when in HubSpot Ben gets email = ben@vega.example
and they sync
and a person asks for Ana
then in HubSpot Ana has email = ben@acme.example
and there is no problem
