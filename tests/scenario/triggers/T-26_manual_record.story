T-26  Manual sync of one contact, company or deal
M-16  One record is brought up to date from its card
A-08  Syncing a company by hand makes its account
we do: It runs at once, for every object.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Vega is a company in HubSpot with name = Vega Twenty, domain = vega26.example
and Big is a deal in HubSpot with dealname = Big Twenty, pipeline = default, dealstage = appointmentscheduled, closedate = 2026-12-31
and Broken is a ticket in HubSpot with subject = Broken Twenty, hs_pipeline = 0, hs_pipeline_stage = 1
and Eva is a lead in Salesforce with Email = eva@vega.example, LastName = Gil, Company = Vega
when a person syncs Ana
and a person syncs Vega
and a person syncs Big
and a person syncs Broken
and a person syncs Eva
then in Salesforce Ana has LastName = Ruiz
and in Salesforce Vega has Name = Vega Twenty
and in Salesforce Big has Name = Big Twenty
and in Salesforce Broken has Subject = Broken Twenty
and in HubSpot Eva has lastname = Gil
and it was started by manual_record of Ana
and it was started by manual_record of Vega
and it was started by manual_record of Big
and it was started by manual_record of Broken
and it was started by manual_record of Eva
when a sync that is refused: the record nobody@nowhere.example
then it says no record answers
