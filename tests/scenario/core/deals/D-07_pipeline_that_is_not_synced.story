D-07  A deal in a pipeline that is not synced stops syncing, and so does a record type
N-07  A deal moved into a pipeline that is not synced stops syncing; the converse in Salesforce
we do: The same: which pipelines are synced is said by the values of the pipeline's line; the record says why it stands still, and goes on when it comes back.
standing: same

given deals are synced too
and deals join pipeline to RecordTypeId with Two-way and the values default = 012000000000001AAA
and Big is a deal in HubSpot with dealname = Big, pipeline = default
and Other is a deal in HubSpot with dealname = Other, pipeline = partners
and Strange is an opportunity in Salesforce with Name = Strange, RecordTypeId = 012000000000009AAA
when they sync
then in Salesforce Big has RecordTypeId = 012000000000001AAA
and Other is left out: pipeline_not_synced
and Strange is left out: pipeline_not_synced
and in HubSpot there are two deals

when in HubSpot Big gets pipeline = partners, amount = 7
and they sync
then in Salesforce Big has Amount = (blank)
and Big is left out: pipeline_not_synced
when in HubSpot Big gets pipeline = default
and they sync
then in Salesforce Big has Amount = 7, RecordTypeId = 012000000000001AAA
and Big is in step
