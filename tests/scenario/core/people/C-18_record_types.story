C-18  New records get the user's default record type
we do: The same: no record type is sent unless a line says so.
standing: same

given in Salesforce a lead has a field RecordTypeId: reference
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
then in Salesforce Ana has RecordTypeId = (blank)
