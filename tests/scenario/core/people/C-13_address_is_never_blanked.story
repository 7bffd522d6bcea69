C-13  A blanked address in Salesforce is written back
U-09  E-mail cannot be blanked from Salesforce
we do: A blank address never travels, from either side; the other side's is put back.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana gets Email = (blank)
and they sync
then in Salesforce Ana has Email = ana@acme.example
when in HubSpot Ana gets email = (blank)
and they sync
then in HubSpot Ana has email = ana@acme.example
