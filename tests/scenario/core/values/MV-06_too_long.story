MV-06  Over-long text is never cut
E-07  Property values: too long, malformed, missing, of the wrong type
we do: It is a problem of its field; the rest of the record is written. A line may ask for the cut.
standing: same

given in HubSpot a contact has a field motto: text
and in Salesforce a lead has a field Motto__c: text of 10 characters
and contacts join motto to Motto__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, motto = "much too long a motto"
when they sync
then in Salesforce Ana has LastName = Ruiz, Motto__c = (blank)
and Ana needs attention: value.too_long
and the problem of Ana names Motto__c
when in HubSpot Ana gets motto = short
and they sync
then in Salesforce Ana has Motto__c = short
and there is no problem
