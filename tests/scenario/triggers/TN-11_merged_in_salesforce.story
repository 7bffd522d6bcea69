TN-11  A merge in Salesforce does not merge HubSpot's records
R-01  The same, said of merges
R-02  The loser shows as merged: a harmless warning
we do: HubSpot's two contacts stay; the loser's is told as a twin, for a person to merge.
standing: same

given Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Eva is a lead in Salesforce with Email = eva@vega.example, LastName = Ruiz, Company = Vega
when they sync
and in Salesforce Eva is merged into Ana
and a person syncs Eva
then in HubSpot Ana has lastname = Ruiz
and in HubSpot Eva has lastname = Ruiz
