C-20  The HubSpot score may be mapped to a number of one's own
we do: The same; it is a source, as nothing may write it.
standing: same

given in HubSpot a contact has a field hubspotscore: calculated number
and in Salesforce a lead has a field Score__c: number
and contacts join hubspotscore to Score__c with Always use HubSpot
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, hubspotscore = 42
when they sync
then in Salesforce Ana has Score__c = 42
when in Salesforce Ana gets Score__c = 1
and they sync
then in Salesforce Ana has Score__c = 42
and in HubSpot Ana has hubspotscore = 42
