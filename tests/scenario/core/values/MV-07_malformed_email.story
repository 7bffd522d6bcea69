MV-07  A malformed address is a value error
we do: Salesforce's refusal is told in its category, with the field; nobody else waits for it.
standing: same

given Salesforce refuses ana(at)acme.example for value.invalid_email of Email
and Ana is a contact in HubSpot with email = ana(at)acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
then Ana needs attention: value.invalid_email
and in Salesforce Ben has LastName = Ortiz
