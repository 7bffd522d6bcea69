MV-11  A blank checkbox in HubSpot is an unticked one in Salesforce
we do: Blank and false are the same; there is no ping-pong.
standing: same

given in HubSpot a contact has a field vip: flag
and in Salesforce a lead has a field Vip__c: flag
and contacts join vip to Vip__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, vip = (blank)
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Vip__c = false
when they sync
then nothing was written
and Ana is in step
