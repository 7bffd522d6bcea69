L-08  The stage goes from the contact to the company, and may go on to its other contacts
A-10  The contact's lifecycle stage moves the company's
we do: A setting: companies stay (the default), follow, or follow and take their people along; never backwards, and never a stage of one's own making.
standing: better
why: HubSpot itself can do the same by its own settings, and two automations that move one property fight.

given the setting company_stages is spread
and Vega is a company in HubSpot with name = Vega Staged, domain = vegastaged.example, lifecyclestage = lead
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega, lifecyclestage = lead
and Ana is a contact in Salesforce with Email = ana@vega.example, LastName = Ruiz
when they sync
and in HubSpot Ana belongs to Vega
and in HubSpot Ben belongs to Vega
and they sync
then in HubSpot Vega has lifecyclestage = lead
when Big is an opportunity in Salesforce with Name = Big, StageName = Closed Won, CloseDate = 2026-12-31
and in Salesforce Ana has a role on Big
and they sync twice
then in HubSpot Ana has lifecyclestage = customer
and in HubSpot Vega has lifecyclestage = customer
and in HubSpot Ben has lifecyclestage = customer
and it was started by lifecycle_stage_changed of Vega
