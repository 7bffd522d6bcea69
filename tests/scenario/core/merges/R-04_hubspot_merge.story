R-04  A HubSpot merge does nothing in Salesforce; only the surviving contact syncs
we do: Both leads stay; the survivor's goes on, and the other is a problem until a person merges them.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Anna is a contact in HubSpot with email = anna@acme.example, lastname = Ruiz, company = Acme
when they sync
and in HubSpot Anna is merged into Ana
and they sync twice
then in Salesforce there are two leads
and Anna needs attention: duplicate.merged_twin
when in HubSpot Ana gets jobtitle = CTO
and they sync
then in Salesforce Ana has Title = CTO
and in Salesforce Anna has Title = (blank)
