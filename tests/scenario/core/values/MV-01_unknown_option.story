MV-01  A picklist value must exist on the receiving side
E-05  Picklists: the value is not among the other side's options
we do: A problem names the field; the rest of the record is written.
standing: better
why: An unknown option is never dropped without a word, and never holds back the other fields.

given in HubSpot a contact has a field colour: choice of red; blue; gold
and in Salesforce a lead has a field Colour__c: listed choice of red; blue
and contacts join colour to Colour__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, colour = gold
when they sync
then in Salesforce Ana has LastName = Ruiz, Colour__c = (blank)
and Ana needs attention: picklist.value_missing
and the problem of Ana names Colour__c
