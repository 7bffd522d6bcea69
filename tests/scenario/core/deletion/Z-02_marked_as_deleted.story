Z-02  With "do nothing", the contact is marked as deleted in Salesforce
we do: No property is written: the record itself says that its partner was deleted, and is not made again.
standing: better
why: What is known of a pair is in its trace, where it has a time and a reason.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana is deleted
and they sync twice
and in HubSpot Ana gets jobtitle = CTO
and they sync
then in Salesforce there are no leads
and Ana is left out: presence.tombstone
