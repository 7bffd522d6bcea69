TN-01  A formula's result that changes by itself starts nothing
T-17  A changed input of a formula is a trigger, and the result travels with it
U-12  Formula changes are lost until some other change
we do: The new result comes with the record's next sync.
standing: same

given in HubSpot a contact has a field score: number
and in Salesforce a lead has a field Score__c: calculated number
and contacts join score to Score__c with Always use Salesforce
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Score__c = 7
when they sync
and the formula field Score__c of Ana becomes 8 by itself
and they sync
then in HubSpot Ana has score = 7
when in Salesforce Ana gets Title = CTO
and they sync
then in HubSpot Ana has score = 8, jobtitle = CTO
