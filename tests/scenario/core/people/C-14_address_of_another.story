C-14  A lead that gets the address of another contact
U-10  An e-mail swap re-points two records
we do: Pairs stay as they are; the address that is taken is a problem of that record alone.
standing: better
why: A pair that moves by itself mixes two people's data, and leaves one of them behind.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
and in Salesforce Ana gets Email = ben@acme.example
and they sync
then Ana needs attention: duplicate.value
and in HubSpot Ana has email = ana@acme.example, lastname = Ruiz
and HubSpot's Ana and Salesforce's Ana are a pair
when in HubSpot Ben gets jobtitle = CTO
and they sync
then in Salesforce Ben has Title = CTO
