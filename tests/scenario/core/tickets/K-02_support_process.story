K-02  A support process is a ticket pipeline
we do: A line says which pipeline is which record type; nothing is made unasked.
standing: better
why: Pipelines keep the names that people have given them.

given tickets are synced too
and tickets join hs_pipeline to RecordTypeId with Two-way and the values 0 = 012000000000001AAA
and Leak is a case in Salesforce with Subject = Leak, RecordTypeId = 012000000000001AAA
when they sync
then in HubSpot Leak has hs_pipeline = 0
