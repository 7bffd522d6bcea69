L-01  Off: stages never change because of opportunities
T-24  The lifecycle stage moves
L-05  An opportunity without a contact role has no effect
we do: The same.
standing: same

given Ana is a contact in Salesforce with Email = ana@vega.example, LastName = Ruiz
and the setting automatic_lifecycle is off
when they sync
and Big is an opportunity in Salesforce with Name = Big, StageName = Closed Won, CloseDate = 2026-12-31
and in Salesforce Ana has a role on Big
and they sync
then the stage of Ana is not customer
when the setting automatic_lifecycle is on
and Alone is an opportunity in Salesforce with Name = Alone, StageName = Closed Won, CloseDate = 2026-12-31
and in Salesforce Ana gets Title = CEO
and they sync
then in HubSpot Ana has jobtitle = CEO
