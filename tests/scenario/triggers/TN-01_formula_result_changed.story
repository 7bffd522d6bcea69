TN-01  A formula's value changes by itself
TN-02  A formula on one record reads a field of another, which changes
we do: No sync; the new value travels with the next change of a mapped field.
standing: same

given in Salesforce Contact has a formula Account_Phone__c of string: Account.Phone
and in HubSpot contacts have a property account_phone
and contacts join account_phone to Account_Phone__c with always_salesforce
and Luna is an account in Salesforce with Name = Luna One, Phone = "111"
and Ana is a contact in Salesforce with Email = ana@luna.example, LastName = Ruiz, AccountId = id of Luna
when they sync
then in HubSpot Ana has account_phone = 111
when in Salesforce Luna gets Phone = "222"
and they sync
then in HubSpot Ana has account_phone = 111
when in Salesforce Ana gets Title = CEO
and they sync
then in HubSpot Ana has account_phone = 222, jobtitle = CEO
