N-07  A deal in a pipeline that is not synced does not sync
D-07  The same, said of deals
we do: The same: which pipelines are synced is said by the values of the pipeline's line, and the record says why it stands still.
standing: same

given in Salesforce Opportunity has a record type Standard
and in HubSpot deals have a pipeline Partners
and deals join pipeline to RecordTypeId with two_way and the values default = 012000000000001AAA
and Other is a deal in HubSpot with dealname = Other Seven, pipeline = id of Partners, dealstage = first of Partners, closedate = 2026-12-31
when they sync
then Other is nowhere in Salesforce
and Other is left out: pipeline_not_synced
