TN-03  A lead or contact is removed from an active campaign
CP-07  The same, said of campaigns
we do: No sync of the person.
standing: same

given Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Spring is a Campaign in Salesforce with Name = Spring, IsActive = true
and in Salesforce Ana is put into Spring
when they sync twice
and in Salesforce Ana is taken out of Spring
and they sync
then nothing was started by the last sync of Ana
and in HubSpot Ana has lastname = Ruiz
