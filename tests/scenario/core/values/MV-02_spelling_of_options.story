MV-02  Options match by internal value, exactly as spelled
we do: The same; a value map joins options that are spelled differently.
standing: same

given in HubSpot a contact has a field size: choice of Mid-market; Large
and in Salesforce a lead has a field Size__c: listed choice of Mid-Market; Large
and contacts join size to Size__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, size = Mid-market
when they sync
then Ana needs attention: picklist.value_missing
when contacts join size to Size__c with Two-way and the values Mid-market = Mid-Market
and in HubSpot Ana gets jobtitle = CTO
and they sync
then in Salesforce Ana has Size__c = Mid-Market
