M-22  Activities have no field mapping
Y-10  Activities have no field mapping
we do: What goes into a task is fixed, but for subject, type and owner, which are settings.
standing: better
why: A subject that says what happened is worth a setting; a mapping of a timeline is not.

given tasks of Salesforce are told in HubSpot
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
given in Salesforce Ana has a task with Subject = Ring, Status = Completed
when they sync
then HubSpot's task has hs_task_subject = Ring, hs_task_status = COMPLETED
and the settings have no lines for tasks
