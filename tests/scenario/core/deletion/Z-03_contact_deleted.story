Z-03  A deleted HubSpot contact leaves the Salesforce record
we do: The same by default; a setting may delete it.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
and in HubSpot Ana is deleted
and they sync twice
then in Salesforce Ana is still there
given the setting when_deleted_in_hubspot of contacts is delete
when in HubSpot Ben is deleted
and they sync twice
then in Salesforce Ben is gone
