Z-12  Practitioners switch deletions off while they tidy up
we do: Too many deletions at once stop before anything is written, and ask a person.
standing: better
why: An import gone wrong, or a list emptied by mistake, must not travel.

given the setting max_deletes_per_run is 1
and the setting when_deleted_in_salesforce of contacts is delete
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
and in Salesforce Ana is deleted
and in Salesforce Ben is deleted
and they sync twice
then a person is asked first: delete
and in HubSpot there are two contacts
