TN-09  Deleting a deal does not delete the opportunity
Z-05  The same, said of deletion
we do: The same, and the deletion is noticed: the pair is given up, and told.
standing: same

given Big is a deal in HubSpot with dealname = Big Deleted, pipeline = default, dealstage = appointmentscheduled, closedate = 2026-12-31
when they sync
and in HubSpot Big is deleted
and in Salesforce Big gets Amount = 5
and they sync twice
then in Salesforce Big is still there
