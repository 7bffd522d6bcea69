M-13  One line covers Lead and Contact
we do: A field of the same name on both needs one line; an object that lacks the field is passed over.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
and Ben is a contact in Salesforce with Email = ben@acme.example, LastName = Ortiz, Title = CEO
when they sync
then in Salesforce Ana is a lead
and in Salesforce Ana has Title = CTO, Company = Acme
and in HubSpot Ben has jobtitle = CEO, company = (blank)
and there is no problem
