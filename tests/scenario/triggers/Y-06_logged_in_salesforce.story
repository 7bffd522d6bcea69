Y-06  Tasks, emails, calls and meetings of Salesforce sync with HubSpot's, with rules for changes and deletions
Y-08  Old ones come when they change
Z-08  A deleted task is deleted in HubSpot, as the setting says
we do: Each sort has its switch; what is made, changed or deleted in Salesforce follows on the contact's timeline.
standing: same

given of what is logged in Salesforce tasks, calls, emails, meetings come back
and Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
when they sync
and Ring is a Task in Salesforce with Subject = Ring her, WhoId = id of Ana
and Rang is a Task in Salesforce with Subject = Rang, TaskSubtype = Call, WhoId = id of Ana
and Wrote is a Task in Salesforce with Subject = Wrote, TaskSubtype = Email, WhoId = id of Ana
and they sync
then HubSpot shows the task Ring her on Ana
and HubSpot shows the call Rang on Ana
and HubSpot shows the email Wrote on Ana
when in Salesforce Ring gets Subject = Ring again
and they sync
then HubSpot shows the task Ring again on Ana
when in Salesforce Ring is deleted
and they sync
then HubSpot shows no task Ring again on Ana
and Salesforce shows 2 tasks on Ana
