TN-07  Installing the integration syncs nothing by itself
TN-12  A record from before waits until it is edited or imported
C-19  The same, of leads and contacts
we do: As the setting says: with existing_records wait, as HubSpot's own does.
standing: better
why: Most people install a sync in order to have both sides in step; the brakes ask before it is much.

given the setting existing_records is wait
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync for the first time
then Ana is nowhere in Salesforce
and Ana is left out: waits_for_edit
when in HubSpot Ana gets lastname = Sol
and they sync
then in Salesforce Ana has LastName = Sol
