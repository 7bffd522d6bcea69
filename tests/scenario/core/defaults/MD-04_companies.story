MD-04  Default lines of companies
we do: Name, website, phone, billing address, industry, revenue, employees, description, type and owner.
standing: better
why: HubSpot does not publish its list; ours is in the docs and in the settings.

then the shipped lines of companies join name to Name, website to Website, phone to Phone, address to BillingStreet, city to BillingCity, state to BillingState, zip to BillingPostalCode, country to BillingCountry, industry to Industry, annualrevenue to AnnualRevenue, numberofemployees to NumberOfEmployees, description to Description, type to Type, hubspot_owner_id to OwnerId
given companies are synced too
and Acme is an account in Salesforce with Name = Acme, BillingCity = Jaén
when they sync
then in HubSpot Acme has name = Acme, city = Jaén
