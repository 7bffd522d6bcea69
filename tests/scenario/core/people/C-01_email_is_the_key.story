C-01  The matching key is the e-mail address alone
we do: The same; names and phones never count.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, firstname = Ana, lastname = Ruiz, company = Acme, phone = 1234567
and Anna is a lead in Salesforce with Email = ana@vega.example, FirstName = Ana, LastName = Ruiz, Company = Acme, Phone = 1234567
when they sync
then in HubSpot there are two contacts
and in Salesforce there are two leads
