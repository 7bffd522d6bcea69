TN-02  A formula that reads another record starts nothing when that record changes
we do: The same: the result comes with the next sync of the record that shows it.
standing: same

given companies are synced too
and in HubSpot a contact has a field account_size: number
and in Salesforce a contact has a field Account_size__c: calculated number
and contacts join account_size to Account_size__c with Always use Salesforce
and Acme is an account in Salesforce with Name = Acme, NumberOfEmployees = 10
and Ana is a contact in Salesforce with Email = ana@acme.example, LastName = Ruiz, Account_size__c = 10
and in Salesforce Ana is tied to Acme
when they sync twice
and in Salesforce Acme gets NumberOfEmployees = 20
and the formula field Account_size__c of Ana becomes 20 by itself
and they sync
then in HubSpot Acme has numberofemployees = 20
and in HubSpot Ana has account_size = 10
when in Salesforce Ana gets Title = CTO
and they sync
then in HubSpot Ana has account_size = 20
