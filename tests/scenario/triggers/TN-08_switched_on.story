TN-08  Turning on the sync of activities from Salesforce does not import old tasks
Y-08  They come when they change
we do: Only what is made or changed from then on.
standing: same

given of what is logged in Salesforce none come back
and Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Old is a Task in Salesforce with Subject = Old, WhoId = id of Ana
when they sync
and a moment passes
and of what is logged in Salesforce tasks come back
and they sync
then HubSpot shows no task Old on Ana
when in Salesforce Old gets Status = Completed
and they sync
then HubSpot shows the task Old on Ana
