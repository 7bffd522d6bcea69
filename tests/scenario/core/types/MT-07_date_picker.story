MT-07  Date picker: date, date/time
we do: The same.
standing: same

given in HubSpot a contact has a field since: date
and in Salesforce a lead has a field Since__c: date
and contacts join since to Since__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, since = 2024-02-29
when they sync
then in Salesforce Ana has Since__c = 2024-02-29
and a HubSpot date may be mapped to a Salesforce date or moment
and a HubSpot date may not be mapped to a Salesforce text, number or flag
