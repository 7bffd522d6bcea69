Z-10  Deleted records can be restored
we do: The same pair goes on, with the base it had.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana is deleted
and they sync twice
and in Salesforce Ana is restored
and they sync
and in HubSpot Ana gets jobtitle = CTO
and they sync
then in Salesforce Ana has Title = CTO
and in Salesforce there is one lead
and HubSpot's Ana and Salesforce's Ana are a pair
