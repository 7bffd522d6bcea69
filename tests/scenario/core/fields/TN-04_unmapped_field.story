TN-04  A change of an unmapped field starts nothing
we do: The look sees the record, finds what we map unchanged, and writes nothing.
standing: same

given in Salesforce a lead has a field Colour__c: text
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme
when they sync
and in Salesforce Ana gets Colour__c = red
and they sync
then nothing was written
and Ana is in step
