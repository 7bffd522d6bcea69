C-08  De-duplication works both ways and cannot be switched off
we do: The same.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a lead in Salesforce with Email = ben@acme.example, LastName = Ortiz, Company = Acme
when they sync
then in HubSpot there are two contacts
and in Salesforce there are two leads
and the next syncs write nothing
