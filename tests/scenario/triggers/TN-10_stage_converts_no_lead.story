TN-10  Setting the lifecycle stage in HubSpot does not convert a lead
L-07  The same, said of the stage
we do: The same.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and in HubSpot Ana gets lifecyclestage = customer, lastname = Sol
and they sync
then in Salesforce Ana is a lead
and in Salesforce Ana has LastName = Sol
