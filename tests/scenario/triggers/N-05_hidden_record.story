N-05  A record the integration user cannot see does not sync
I-10  For Salesforce there is no inclusion list: what the user cannot see is not synced
Z-11  A record out of sight is not a deleted one
we do: Silence while it is hidden and has no partner; a partner is never deleted, and a person is told.
standing: same

given Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
when they sync
and in Salesforce Ana is hidden from us
and the setting when_deleted_in_salesforce of contacts is delete
and in HubSpot Ana gets lastname = Sol
and they sync twice
then in HubSpot Ana is still there
and Ana needs attention: permission.unseen
