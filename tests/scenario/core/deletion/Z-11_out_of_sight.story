Z-11  A hidden record looks like a missing one
I-10  What is hidden from the integration user does not sync
we do: Out of sight is never taken for gone: nothing is deleted or made again, and a person is told.
standing: better
why: A sharing rule that changes must not empty a CRM.

given the setting when_deleted_in_salesforce of contacts is delete
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana is hidden from us
and a person asks for Ana
and a day passes
and a person asks for Ana
then in HubSpot Ana is still there
and in Salesforce there are no leads
and Ana needs attention: permission.unseen
