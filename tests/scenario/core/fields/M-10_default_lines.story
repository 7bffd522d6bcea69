M-10  Default lines cannot be deleted, custom ones can
we do: Any line may be left out or pointed elsewhere in the settings; what is left out is not carried.
standing: better
why: The mapping is the user's text under version control; nothing in it is out of reach.

given contacts join firstname to Title with Two-way
then mapping lint says not_one_to_one of firstname of contacts
given the rule of jobtitle is Don't sync
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
when they sync
then in Salesforce Ana has Title = (blank)
