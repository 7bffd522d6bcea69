MT-04  Number: double, int
we do: Numbers, and money and percentages besides.
standing: same

given in HubSpot a contact has a field seats: number
and in Salesforce a lead has a field Seats__c: number
and contacts join seats to Seats__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, seats = 12.5
when they sync
then in Salesforce Ana has Seats__c = 12.5
and a HubSpot number may be mapped to a Salesforce number, money or percent
and a HubSpot number may not be mapped to a Salesforce text, date or flag
