Z-05  A deleted deal leaves the opportunity
TN-09  Deleting a deal does not delete the opportunity
we do: The same by default.
standing: same

given deals are synced too
and Big is a deal in HubSpot with dealname = Big
when they sync
and in HubSpot Big is deleted
and they sync twice
then in Salesforce Big is still there
and in HubSpot there are no deals
