M-08  Deletions of values travel as blanks
we do: A blank travels as the rule says, except under Don't sync.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, firstname = Ana, jobtitle = CTO
when they sync
and in HubSpot Ana gets firstname = (blank)
and in Salesforce Ana gets Title = (blank)
and they sync
then in Salesforce Ana has FirstName = (blank)
and in HubSpot Ana has jobtitle = (blank)
