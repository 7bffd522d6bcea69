T-15  A contact, company or deal property value changes in HubSpot
T-29  Opportunities, tickets and custom objects follow the same trigger
we do: The field is written as its rule says, on the next check at the latest.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Vega is a company in HubSpot with name = Vega Fifteen, domain = vega15.example
and Big is a deal in HubSpot with dealname = Big, pipeline = default, dealstage = appointmentscheduled, closedate = 2026-12-31
and Broken is a ticket in HubSpot with subject = Broken, hs_pipeline = 0, hs_pipeline_stage = 1
when they sync
and in HubSpot Ana gets lastname = Sol
and in HubSpot Vega gets name = Vega Sixteen
and in HubSpot Big gets dealname = Bigger
and in HubSpot Broken gets subject = Mended
and they sync
then in Salesforce Ana has LastName = Sol
and it was started by hubspot_property_changed of Ana
and in Salesforce Vega has Name = Vega Sixteen
and it was started by hubspot_property_changed of Vega
and in Salesforce Big has Name = Bigger
and it was started by hubspot_property_changed of Big
and in Salesforce Broken has Subject = Mended
and it was started by hubspot_property_changed of Broken
