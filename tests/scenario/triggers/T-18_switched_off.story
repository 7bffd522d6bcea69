T-18  A new lead or contact is created in Salesforce
C-06  "Do nothing" is a choice
we do: With create_in_hubspot never, nobody is made, and that is told.
standing: same

given the setting create_in_hubspot of contacts is never
when they sync
and Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and they sync
then Ana is nowhere in HubSpot
and Ana is left out: create_off
and salesforce_record_created of Ana is told as switched off
