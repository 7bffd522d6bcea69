Z-06  A deleted case: do nothing, or delete the ticket
K-04  Deletion of cases is a setting
we do: As set.
standing: same

given tickets are synced too
and Leak is a ticket in HubSpot with subject = Leak
and Noise is a ticket in HubSpot with subject = Noise
when they sync
and in Salesforce Leak is deleted
and they sync twice
then in HubSpot Leak is still there
given the setting when_deleted_in_salesforce of tickets is delete
when in Salesforce Noise is deleted
and they sync twice
then in HubSpot Noise is gone
