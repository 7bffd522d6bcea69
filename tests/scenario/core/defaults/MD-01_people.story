MD-01  Default lines of people
we do: The shipped list joins them, Lead's and Contact's; Account ID, Rating and the business fax are left to the user.
standing: same

then the shipped lines of contacts join email to Email, firstname to FirstName, lastname to LastName, salutation to Salutation, phone to Phone, mobilephone to MobilePhone, fax to Fax, jobtitle to Title, company to Company, website to Website, industry to Industry, annualrevenue to AnnualRevenue, numemployees to NumberOfEmployees, address to Street, address to MailingStreet, city to City, city to MailingCity, state to State, zip to PostalCode, country to MailingCountry, leadsource to LeadSource, hs_lead_status to Status, hubspot_owner_id to OwnerId, hs_email_optout to HasOptedOutOfEmail
given Ana is a contact in Salesforce with Email = ana@acme.example, LastName = Ruiz, MailingCity = Jaén
when they sync
then in HubSpot Ana has city = Jaén
