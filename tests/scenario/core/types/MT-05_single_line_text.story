MT-05  Single-line text: string, text area
we do: The same, and a few more (MT-08).
standing: same

given in HubSpot a contact has a field motto: text
and in Salesforce a lead has a field Motto__c: long_text
and contacts join motto to Motto__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, motto = "Onward, always"
when they sync
then in Salesforce Ana has Motto__c = "Onward, always"
and a HubSpot text may be mapped to a Salesforce text or long_text
and a HubSpot text may not be mapped to a Salesforce number, date or flag
