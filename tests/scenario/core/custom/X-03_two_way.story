X-03  Custom objects go both ways
X-05  Which app wins is chosen
we do: Both ways from the first day; each line's rule says who wins.
standing: same

given projects are a custom object of p_projects and Project__c
and Mars is a p_projects in HubSpot with name = Mars
when they sync
and in Salesforce Mars gets Name = Venus
and they sync
then in HubSpot Mars has name = Venus
given the rule of name of projects is Always use HubSpot
when in Salesforce Mars gets Name = Pluto
and they sync
then in Salesforce Mars has Name = Venus
