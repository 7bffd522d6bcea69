T-19  A new contact is created in HubSpot
T-20  In 2016 its lifecycle stage had to be other than Subscriber
we do: It is made in Salesforce, whatever its stage, as a lead or a contact as the setting says.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega, lifecyclestage = subscriber
when they sync
then in Salesforce Ana has LastName = Ruiz
and in Salesforce Ana is a lead
and why says created of Ana
when the setting create_in_salesforce of contacts is contact
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz
and they sync
then in Salesforce Ben is a contact
and it was started by hubspot_record_created of Ben
