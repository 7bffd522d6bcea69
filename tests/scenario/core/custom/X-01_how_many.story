X-01  At most ten custom objects, and Enterprise
we do: As many as both CRMs have; the calls they cost are shown.
standing: better
why: There is no reason for a bound.

given projects are a custom object of p_projects and Project__c
and rooms are a custom object of p_rooms and Room__c
and Mars is a p_projects in HubSpot with name = Mars
and Attic is a Room__c in Salesforce with Name = Attic
when they sync
then in Salesforce Mars has Name = Mars
and in HubSpot Attic has name = Attic
