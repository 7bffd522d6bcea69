MT-02  Multiple checkboxes: multi-select picklist
we do: The same.
standing: same

given in HubSpot a contact has a field hobbies: choices of golf; chess; yoga
and in Salesforce a lead has a field Hobbies__c: choices of golf; chess; yoga
and contacts join hobbies to Hobbies__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, hobbies = "golf;yoga"
when they sync
then in Salesforce Ana has Hobbies__c = "golf;yoga"
and a HubSpot choices may not be mapped to a Salesforce choice, text or flag
