T-19  A new contact is created in HubSpot
C-05  New contacts become one type only, or none
we do: With create_in_salesforce never, nobody is made, and that is told.
standing: same

given the setting create_in_salesforce of contacts is never
when they sync
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and they sync
then Ana is nowhere in Salesforce
and Ana is left out: create_off
