U-20  Salesforce ids come in 15 and 18 characters
we do: They are compared as 18.
standing: same

given Ana is a lead in Salesforce with Email = ana@old.example, LastName = Ruiz, Company = Acme
and Anna is a contact in HubSpot with email = ana@new.example, lastname = Ruiz, company = Acme, salesforceleadid = (short id of Ana)
when they sync
then HubSpot's Anna and Salesforce's Ana are a pair
