N-01  A contact without an e-mail address does not sync
N-02  A lead or contact without an e-mail address does not sync
N-10  The record tells why it does not sync
we do: It is left out, and says so; it syncs once it has one.
standing: same

given Ana is a contact in HubSpot with lastname = Ruiz, company = Vega
and Ben is a lead in Salesforce with LastName = Ortiz, Company = Vega
when they sync
then Ana is nowhere in Salesforce
and Ana is left out: no_email
and Ben is nowhere in HubSpot
and Ben is left out: no_email
when in HubSpot Ana gets email = ana@vega.example
and they sync
then in Salesforce Ana has LastName = Ruiz
