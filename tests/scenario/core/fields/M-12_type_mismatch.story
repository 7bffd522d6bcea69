M-12  A type mismatch blocks the line
we do: Lint names both types and those that would fit; the other lines go on.
standing: same

given in HubSpot a contact has a field nickname: flag
and in Salesforce a lead has a field Birthday__c: date
and contacts join nickname to Birthday__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
then mapping lint says type_mismatch of nickname of contacts
when they sync
then in Salesforce Ana has LastName = Ruiz
