R-01  A Salesforce merge does not merge HubSpot's contacts
R-02  The loser shows as "Merged in Salesforce"
TN-11  A merge in Salesforce merges nothing in HubSpot
we do: Both contacts stay; the one whose lead lost is a problem with both named, until a person merges or pairs.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Anna is a contact in HubSpot with email = anna@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Anna is merged into Ana
and they sync twice
then in HubSpot there are two contacts
and Anna needs attention: duplicate.merged_twin
when in HubSpot Ana gets jobtitle = CTO
and they sync
then in Salesforce Ana has Title = CTO
