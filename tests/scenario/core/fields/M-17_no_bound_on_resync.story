M-17  A bulk re-sync of companies stops at 200,000
we do: There is no bound; a run that would touch a great share of the records asks a person first.
standing: better
why: Work goes in batches and goes on where it was broken off.

given the setting max_creates_per_run is 1
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
then nothing was written
and a person is asked first: create
when a person releases the brakes
then in Salesforce there are two leads
