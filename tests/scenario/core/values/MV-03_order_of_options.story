MV-03  The order of several options means nothing
we do: They are compared as a set: another order is no change.
standing: same

given in HubSpot a contact has a field hobbies: choices of golf; chess; yoga
and in Salesforce a lead has a field Hobbies__c: choices of golf; chess; yoga
and contacts join hobbies to Hobbies__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, hobbies = "golf;yoga"
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Hobbies__c = "yoga;golf"
when they sync
then nothing was written
when in HubSpot Ana gets hobbies = "yoga;golf"
and they sync
then nothing was written
