MD-06  A task carries assigned to, related to, due date and comments
Y-07  A Salesforce task becomes a HubSpot task
we do: The same, and subject, status and priority.
standing: same

given tasks of Salesforce are told in HubSpot
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
given in Salesforce Ana has a task with Subject = Ring, Status = "Not Started", Description = "Ask for Bo", ActivityDate = 2026-05-05
when they sync
then HubSpot's task has hs_task_subject = Ring, hs_task_body = "Ask for Bo", hs_task_status = NOT_STARTED
and HubSpot's task is on Ana
