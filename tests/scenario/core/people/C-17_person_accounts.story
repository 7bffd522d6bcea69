C-17  Person accounts
we do: The contact half syncs like any contact; a person account is never made of a HubSpot contact.
standing: better
why: HubSpot says nothing about them; this is what can be done without guessing.

given in Salesforce a contact has a field IsPersonAccount: flag
and Ana is a contact in Salesforce with Email = ana@home.example, LastName = Ruiz, IsPersonAccount = true
and Ben is a contact in HubSpot with email = ben@home.example, lastname = Ortiz, company = Home
when they sync
then in HubSpot Ana has lastname = Ruiz
and in Salesforce Ben is a lead
and in Salesforce there are no accounts
