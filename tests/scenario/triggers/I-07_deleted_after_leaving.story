I-07  After leaving the list, a delete in Salesforce goes unseen
U-17  Leaving the inclusion list orphans ids and misses deletes
we do: It is seen, and answered as the setting says.
standing: better
why: An orphan that nobody knows of is a trap.

given Friends is a static list of contacts
and the inclusion list of contacts is Friends
and the setting when_deleted_in_salesforce of contacts is delete
when they sync
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ana joins Friends
and they sync
and Ana leaves Friends
and in Salesforce Ana is deleted
and a person syncs Ana
and they sync twice
then in HubSpot Ana is gone
