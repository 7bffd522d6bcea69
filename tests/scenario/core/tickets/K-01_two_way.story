K-01  Cases go to tickets, one way
K-05  Tickets have field lines like other objects
we do: Both ways, by the lines' rules; a rule may make any field one-way.
standing: better
why: Support works in one CRM and is read in the other; which is which is the user's choice.

given tickets are synced too
and Leak is a case in Salesforce with Subject = Leak, Status = New
when they sync
then in HubSpot Leak has subject = Leak
when in HubSpot Leak gets hs_pipeline_stage = 4
and they sync
then in Salesforce Leak has Status = Closed
given the rule of subject of tickets is Always use Salesforce
when in HubSpot Leak gets subject = Flood
and they sync
then in HubSpot Leak has subject = Leak
