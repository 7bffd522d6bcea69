MV-08  A missing required value is a value error
we do: The problem names the field, before anything is sent.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, company = Acme
when they sync
then in Salesforce there are no leads
and Ana needs attention: value.required_missing
and the problem of Ana names LastName
