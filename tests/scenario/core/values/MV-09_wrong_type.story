MV-09  Text into a number is a value error
we do: What a converter cannot make sense of is a problem of its field; the rest is written.
standing: same

given in HubSpot a contact has a field seats: number
and in Salesforce a lead has a field Seats__c: number
and contacts join seats to Seats__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, seats = many
when they sync
then in Salesforce Ana has LastName = Ruiz, Seats__c = (blank)
and Ana needs attention: value.invalid_number
