Z-03  A contact deleted in HubSpot leaves Salesforce's record
Z-10  Deleted records can be restored
R-04  A merge in HubSpot
U-19  Prevention of ping-pong
we do: Each is told by push at once; our own writes come back as echoes, and start nothing.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega
and Eva is a contact in HubSpot with email = eva@vega.example, lastname = Gil, company = Vega
and Vega is a company in HubSpot with name = Vega Told, domain = vegatold.example
when they sync
then own_echo of Ana is told as no trigger
when in HubSpot Ana belongs to Vega
and they sync
then association_changed fired
when in HubSpot Ana is deleted
and they sync
then record_deleted fired
and in Salesforce Ana is still there
when in HubSpot Ana is restored
and they sync
then record_restored fired
when in HubSpot Ben is merged into Eva
and they sync
then records_merged fired
