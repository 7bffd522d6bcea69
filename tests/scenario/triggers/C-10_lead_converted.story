C-10  A converted lead goes on as its contact
T-16  A lead, contact, account or opportunity value changes in Salesforce
we do: The pair is pointed at the new contact, by the trigger lead_converted.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega Ten
when they sync
and in Salesforce Ana is converted
and they sync
then HubSpot's Ana and Salesforce's Ana are a pair
and in Salesforce Ana is a contact
and lead_converted fired
when in Salesforce Ana gets Title = CEO
and they sync
then in HubSpot Ana has jobtitle = CEO
