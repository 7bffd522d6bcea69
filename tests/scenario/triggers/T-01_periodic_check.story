T-01  Both sides are looked at every 15 minutes, and what is found is synced
T-02  Most changes under five minutes, forms and manual syncs under one
we do: The check finds whatever no push told of; times are in docs/performance.md.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ben is a lead in Salesforce with Email = ben@vega.example, LastName = Ortiz, Company = Vega
when they sync
then in Salesforce Ana has LastName = Ruiz
and in HubSpot Ben has lastname = Ortiz
when they sync
then Ana is in step
and Ben is in step
