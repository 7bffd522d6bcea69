D-06  The number of pipelines bounds the number of record types
we do: A line says which record type is which pipeline; several may share one.
standing: better
why: No plan of HubSpot's decides which opportunities sync.

given deals are synced too
and deals join pipeline to RecordTypeId with Prefer HubSpot unless blank and the values default = 012000000000001AAA, partners = 012000000000002AAA, renewals = 012000000000003AAA
and Big is a deal in HubSpot with dealname = Big, pipeline = renewals
and Small is an opportunity in Salesforce with Name = Small, RecordTypeId = 012000000000002AAA
when they sync
then in Salesforce Big has RecordTypeId = 012000000000003AAA
and in HubSpot Small has pipeline = partners
