Z-04  A deleted opportunity deletes the deal
we do: A setting like everyone's, off by default.
standing: better
why: A deletion that nobody asked for is the one thing that cannot be made good by the next sync.

given deals are synced too
and Big is a deal in HubSpot with dealname = Big
and Small is a deal in HubSpot with dealname = Small
when they sync
and in Salesforce Small is deleted
and they sync twice
then in HubSpot Small is still there
given the setting when_deleted_in_salesforce of deals is delete
when in Salesforce Big is deleted
and they sync twice
then in HubSpot Big is gone
