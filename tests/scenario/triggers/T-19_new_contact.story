T-19  A new contact is created in HubSpot
I-02  Without a list every contact with an address is eligible
I-03  In 2017 HubSpot made a default list for every portal; that is history
we do: It is made in Salesforce; we choose no list by ourselves.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
then in Salesforce Ana has LastName = Ruiz
and it was started by hubspot_record_created of Ana
