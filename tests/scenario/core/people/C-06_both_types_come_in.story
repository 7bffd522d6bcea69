C-06  Leads and contacts both become HubSpot contacts, where the setting says so
C-07  Or nothing is made in HubSpot by itself
T-18  A new lead or contact in Salesforce
we do: One setting, create_in_hubspot, for both.
standing: same

given Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme
and Ben is a contact in Salesforce with Email = ben@acme.example, LastName = Ortiz
when they sync
then in HubSpot there are two contacts
given the setting create_in_hubspot of contacts is never
and Eva is a lead in Salesforce with Email = eva@acme.example, LastName = Sanz, Company = Acme
when they sync
then Eva is left out: create_off
and in HubSpot there are two contacts
