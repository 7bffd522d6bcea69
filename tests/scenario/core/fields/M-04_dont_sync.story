M-04  Don't sync
we do: Nothing is carried in either direction, blanks neither.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Title = Boss
and the rule of jobtitle is Don't sync
when they sync
and in HubSpot Ana gets jobtitle = Intern
and in Salesforce Ana gets Title = (blank)
and they sync
then in HubSpot Ana has jobtitle = Intern
and in Salesforce Ana has Title = (blank)
and nothing was written
