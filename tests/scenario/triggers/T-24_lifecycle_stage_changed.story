T-24  The lifecycle stage moves
L-02  A contact role on an open opportunity sets the stage Opportunity
L-03  A contact role on a closed-won opportunity sets the stage Customer
L-04  It never moves backwards
L-06  A role added to an opportunity that is won already applies
we do: The stage moves forward with the role, and with the opportunity.
standing: same

given Ana is a contact in Salesforce with Email = ana@vega.example, LastName = Ruiz
and Ben is a contact in Salesforce with Email = ben@vega.example, LastName = Ortiz
when they sync
and Big is an opportunity in Salesforce with Name = Big, StageName = Prospecting, CloseDate = 2026-12-31
and in Salesforce Ana has a role on Big
and they sync
then in HubSpot Ana has lifecyclestage = opportunity
and it was started by lifecycle_stage_changed of Ana
when in Salesforce Big gets StageName = Closed Won
and they sync
then in HubSpot Ana has lifecyclestage = customer
when in Salesforce Big gets StageName = Closed Lost
and they sync
then in HubSpot Ana has lifecyclestage = customer
when Won is an opportunity in Salesforce with Name = Won, StageName = Closed Won, CloseDate = 2026-12-31
and in Salesforce Ben has a role on Won
and they sync
then in HubSpot Ben has lifecyclestage = customer
