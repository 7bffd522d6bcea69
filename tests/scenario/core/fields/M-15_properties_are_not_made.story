M-15  Switching an object on makes HubSpot properties of Salesforce's fields
we do: Nothing is made in HubSpot unasked: mapping suggest shows the lines that seem to be wanted.
standing: better
why: Dozens of properties that nobody asked for are hard to get rid of (W-07).

given companies are synced too
and in Salesforce an account has a field Tier__c: text
and Acme is an account in Salesforce with Name = Acme, Tier__c = gold
when they sync
then in HubSpot Acme has name = Acme
and no shipped line of companies joins tier__c
