C-03  Once paired, the stored id is the key
we do: The pair is kept by both ids: another address on one side changes it on the other. The ids that HubSpot's own integration left are taken over, so nobody is matched anew.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in HubSpot Ana gets email = ana@vega.example
and they sync
then in Salesforce Ana has Email = ana@vega.example
and in Salesforce there is one lead
when in Salesforce Ana gets Email = ana@vela.example
and they sync
then in HubSpot Ana has email = ana@vela.example
and in HubSpot there is one contact

given Ben is a lead in Salesforce with Email = ben@old.example, LastName = Ortiz, Company = Acme
and Benito is a contact in HubSpot with email = ben@new.example, lastname = Ortiz, company = Acme, salesforceleadid = (id of Ben)
when they sync
then HubSpot's Benito and Salesforce's Ben are a pair
