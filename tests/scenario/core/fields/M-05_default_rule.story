M-05  Prefer Salesforce unless blank is the default
we do: A line for which no rule is named follows it; what people themselves keep in both CRMs (address, names) is two-way.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, city = Cádiz
when they sync
and in HubSpot Ana gets city = Jaén
and they sync
then in HubSpot Ana has city = Cádiz
and in Salesforce Ana has City = Cádiz
