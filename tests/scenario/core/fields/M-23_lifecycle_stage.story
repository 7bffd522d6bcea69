M-23  The lifecycle stage has no default line
L-04  The lifecycle stage never goes back
U-15  The lifecycle never goes back
we do: A line of one's own may join it to a list; HubSpot's stage then never moves backwards.
standing: same

given in HubSpot a contact has a field lifecyclestage: choice of lead; opportunity; customer
and in Salesforce a lead has a field Stage__c: choice of lead; opportunity; customer
and contacts join lifecyclestage to Stage__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, lifecyclestage = opportunity
when they sync
then in Salesforce Ana has Stage__c = opportunity
when in Salesforce Ana gets Stage__c = customer
and they sync
then in HubSpot Ana has lifecyclestage = customer
when in Salesforce Ana gets Stage__c = lead
and they sync
then in HubSpot Ana has lifecyclestage = customer
and no shipped line of contacts joins lifecyclestage
