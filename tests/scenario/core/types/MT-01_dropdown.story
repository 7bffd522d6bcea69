MT-01  Dropdown and radio: picklist, reference
we do: A dropdown goes with a picklist, a reference or a text; other types are refused.
standing: same

given in HubSpot a contact has a field colour: choice of red; blue
and in Salesforce a lead has a field Colour__c: choice of red; blue
and contacts join colour to Colour__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, colour = red
when they sync
then in Salesforce Ana has Colour__c = red
and a HubSpot choice may be mapped to a Salesforce choice, reference or text
and a HubSpot choice may not be mapped to a Salesforce number, date or flag
