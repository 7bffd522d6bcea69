T-18  A new lead or contact is created in Salesforce
T-28  A new account makes a company; a change to an old one starts its first sync
we do: The record is made in HubSpot, or the one with its address is linked.
standing: same

given Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, jobtitle = CTO
and the setting create_in_salesforce of contacts is never
when they sync
then Ben is nowhere in Salesforce
when Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Benito is a contact in Salesforce with Email = ben@vega.example, LastName = Ortiz
and Luna is an account in Salesforce with Name = Luna Eighteen
and they sync
then in HubSpot Ana has lastname = Ruiz
and it was started by salesforce_record_created of Ana
and HubSpot's Ben and Salesforce's Benito are a pair
and in HubSpot Luna has name = Luna Eighteen
and it was started by salesforce_record_created of Luna
