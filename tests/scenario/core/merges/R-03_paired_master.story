R-03  The record that is paired should be the master of a merge
we do: It need not be: where the master has no partner, the loser's pair goes on with it.
standing: better
why: Nobody who tidies up in Salesforce looks at HubSpot's ids first.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
given Master is a lead in Salesforce with LastName = Ruiz, Company = Acme, Title = CEO
when in Salesforce Ana is merged into Master
and they sync twice
then HubSpot's Ana and Salesforce's Master are a pair
and in HubSpot Ana has jobtitle = CEO
