Z-01  A record deleted in Salesforce: do nothing, or delete HubSpot's
Z-10  Deleted records can be restored
we do: No push and no edit tells of it: the nightly comparison of all records finds it, and it is followed as set; restored, it goes on.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega
when they sync
and in Salesforce Ana is deleted
and they sync
then in HubSpot Ana is still there
when both sides are compared
then it is found that Salesforce lacks a record
when they sync twice
then in HubSpot Ana is still there
and Ana is not paired
when in Salesforce Ana is restored
and both sides are compared
and they sync twice
and in Salesforce Ana gets Title = CEO
and they sync
then in HubSpot Ana has jobtitle = CEO
when the setting when_deleted_in_salesforce of contacts is delete
and in Salesforce Ben is deleted
and both sides are compared
and they sync twice
then in HubSpot Ben is gone
