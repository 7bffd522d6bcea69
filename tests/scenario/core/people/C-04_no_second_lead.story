C-04  On an e-mail match nothing new is made
we do: Somebody who comes again updates the old lead or contact.
standing: same

given Ana is a lead in Salesforce with Email = Ana@Acme.example, LastName = Ruiz, Company = Acme
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
when they sync
then in Salesforce there is one lead
and in Salesforce Ana has Title = CTO
and HubSpot's Ana and Salesforce's Ana are a pair
