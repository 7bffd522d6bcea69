M-25  Nothing calculated in a two-way pair
we do: Lint refuses it when the line is written.
standing: better
why: HubSpot lets such a line be made, and its writes fail for ever.

given in HubSpot a contact has a field score: number
and in Salesforce a lead has a field Score__c: calculated number
and contacts join score to Score__c with Two-way
then mapping lint says calculated_two_way of score of contacts
