Z-10  Deleted records can be restored
Z-01  What follows a deletion in Salesforce is a setting
Z-03  A contact deleted in HubSpot leaves Salesforce's record
we do: A deletion gives the pair up or is carried over as set; a restored record goes on with its partner.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and in Salesforce Ana is deleted
and a person syncs Ana
and they sync
then in HubSpot Ana is still there
when in Salesforce Ana is restored
and in Salesforce Ana gets Title = CEO
and they sync twice
then in HubSpot Ana has jobtitle = CEO
