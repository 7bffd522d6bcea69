C-16  A Salesforce duplicate rule may block a write
E-03  Duplicates: a rule of Salesforce, or an address in use
we do: The refusal is told in its category; nobody else waits for it.
standing: same

given Salesforce refuses ana@acme.example for duplicate.salesforce_rule
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
then Ana needs attention: duplicate.salesforce_rule
and in Salesforce there is one lead
