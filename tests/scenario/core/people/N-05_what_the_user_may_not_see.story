N-05  What the integration user cannot do, the sync cannot do
we do: A field that is hidden is passed over and told by lint; the rest of the record goes on.
standing: same

given in Salesforce nobody may see the lead field Phone
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, phone = 1234567
when they sync
then in Salesforce Ana has LastName = Ruiz
and the next syncs write nothing
