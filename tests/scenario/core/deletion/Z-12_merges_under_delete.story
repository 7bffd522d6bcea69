Z-12  "Do nothing" is advised during merges, lest the loser's contact be deleted
R-08  With delete-on-delete, the loser's contact is deleted
we do: A merge is no deletion: the loser's contact stays, whatever the setting.
standing: better
why: The history of the contact that lost would be gone for good.

given the setting when_deleted_in_salesforce of contacts is delete
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Anna is a contact in HubSpot with email = anna@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Anna is merged into Ana
and they sync twice
then in HubSpot Anna is still there
and in HubSpot Ana is still there
