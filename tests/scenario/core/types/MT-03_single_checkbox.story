MT-03  Single checkbox: checkbox
we do: The same.
standing: same

given in HubSpot a contact has a field vip: flag
and in Salesforce a lead has a field Vip__c: flag
and contacts join vip to Vip__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, vip = true
when they sync
then in Salesforce Ana has Vip__c = true
and a HubSpot flag may not be mapped to a Salesforce text, choice or number
