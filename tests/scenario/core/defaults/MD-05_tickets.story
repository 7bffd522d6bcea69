MD-05  Default lines of tickets
we do: Subject, description, status, priority, origin and owner.
standing: better
why: HubSpot does not publish its list; ours is in the docs and in the settings.

then the shipped lines of tickets join subject to Subject, content to Description, hs_pipeline_stage to Status, hs_ticket_priority to Priority, source_type to Origin, hubspot_owner_id to OwnerId
given tickets are synced too
and Leak is a case in Salesforce with Subject = Leak, Status = New
when they sync
then in HubSpot Leak has subject = Leak, hs_pipeline_stage = 1
