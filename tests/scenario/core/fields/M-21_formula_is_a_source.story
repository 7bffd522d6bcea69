M-21  Formula fields are sources only
we do: A formula's result is read with its record and never written.
standing: same

given in HubSpot a contact has a field score: number
and in Salesforce a lead has a field Score__c: calculated number
and contacts join score to Score__c with Always use Salesforce
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Score__c = 7
when they sync
then in HubSpot Ana has score = 7
when in HubSpot Ana gets score = 9
and they sync
then in HubSpot Ana has score = 7
and in Salesforce Ana has Score__c = 7
and there is no problem
