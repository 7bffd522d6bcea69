I-02  Without a list every contact with an address is eligible
we do: The same.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
then in Salesforce Ana has LastName = Ruiz
