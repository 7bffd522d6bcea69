D-01  Deals need the right to change metadata
D-05  Each record type becomes a HubSpot pipeline
we do: No pipeline is made unasked, so no such right is needed; a line says which pipeline is which record type.
standing: better
why: Fewer rights, and pipelines with the names that people have given them.

given deals are synced too
and deals join pipeline to RecordTypeId with Two-way and the values default = 012000000000001AAA, partners = 012000000000002AAA
and Big is a deal in HubSpot with dealname = Big, pipeline = partners
when they sync
then in Salesforce Big has RecordTypeId = 012000000000002AAA
when in Salesforce Big gets RecordTypeId = 012000000000001AAA
and they sync
then in HubSpot Big has pipeline = default
