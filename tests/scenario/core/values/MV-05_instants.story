MV-05  Date and time are instants, however they are shown
we do: Instants are compared, to the second; spellings are not.
standing: same

given in HubSpot a contact has a field met: moment
and in Salesforce a lead has a field Met__c: moment
and contacts join met to Met__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, met = 2026-03-01T09:30:00Z
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Met__c = 2026-03-01T10:30:00.000+0100
when they sync
then nothing was written
and Ana is in step
