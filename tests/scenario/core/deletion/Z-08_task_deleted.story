Z-08  A deleted task: as the activity's delete rule says
we do: As set.
standing: same

given tasks of Salesforce are told in HubSpot
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
given in Salesforce Ana has a task with Subject = Ring, Status = "Not Started"
when they sync
and the task in Salesforce is deleted
and they sync
then in HubSpot there is one task
given a deleted task is deleted in HubSpot too
and in Salesforce Ana has a task with Subject = Call, Status = "Not Started"
when they sync
then in HubSpot there are two tasks
when the task in Salesforce is deleted
and they sync
then in HubSpot there is one task
