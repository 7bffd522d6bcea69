K-07  The ticket keeps the case's id
we do: A ticket that names its case is paired with it, whatever the subject says.
standing: same

given tickets are synced too
and in HubSpot a ticket has a field salesforcecaseid: text
and Leak is a case in Salesforce with Subject = Leak
and Flood is a ticket in HubSpot with subject = Flood, salesforcecaseid = (id of Leak)
when they sync
then HubSpot's Flood and Salesforce's Leak are a pair
and in HubSpot there is one ticket
