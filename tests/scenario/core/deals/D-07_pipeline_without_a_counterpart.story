D-07  A deal in a pipeline that is not synced stops syncing
N-07  The same, and the converse in Salesforce
we do: The deal goes on; a problem names the pipeline that has no record type.
standing: better
why: A deal that silently stops is found at the end of the quarter.

given deals are synced too
and deals join pipeline to RecordTypeId with Two-way and the values default = 012000000000001AAA
and Big is a deal in HubSpot with dealname = Big, pipeline = default
when they sync
and in HubSpot Big gets pipeline = partners, amount = 7
and they sync
then in Salesforce Big has Amount = 7, RecordTypeId = 012000000000001AAA
and the problem of Big names RecordTypeId
