C-02  One HubSpot contact pairs with one of several leads of its address
U-04  The first sync picks an arbitrary duplicate, later ones the most recent
we do: Nobody is guessed: both are shown, and one click pairs; a setting takes the most recently changed one, as HubSpot does.
standing: better
why: The wrong one of two people's records is worse than a question.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Old is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme
and New is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme
when they sync
then nothing was written
and Ana needs attention: duplicate.ambiguous_match
when a person pairs HubSpot's Ana with Salesforce's Old
then HubSpot's Ana and Salesforce's Old are a pair

given the setting duplicates is most_recent
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
and Ben1 is a lead in Salesforce with Email = ben@acme.example, LastName = Ortiz, Company = Acme
and Ben2 is a lead in Salesforce with Email = ben@acme.example, LastName = Ortiz, Company = Acme
when in Salesforce Ben1 gets Title = CTO
and they sync
then HubSpot's Ben and Salesforce's Ben1 are a pair
