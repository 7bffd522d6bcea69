M-01  Prefer Salesforce unless blank
U-01  Clearing a Salesforce field clears HubSpot even under this rule
we do: Salesforce's value stands and comes back over an edit in HubSpot; a blank in Salesforce is filled from HubSpot; clearing it in Salesforce clears HubSpot.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
and the rule of jobtitle is Prefer Salesforce unless blank
when they sync
then in Salesforce Ana has Title = CTO

when in HubSpot Ana gets jobtitle = Intern
and they sync
then in HubSpot Ana has jobtitle = CTO
and in Salesforce Ana has Title = CTO
and the lost value Intern of Ana is kept in its history

when in Salesforce Ana gets Title = CEO
and they sync
then in HubSpot Ana has jobtitle = CEO

when in HubSpot Ana gets jobtitle = (blank)
and they sync
then in HubSpot Ana has jobtitle = CEO

when in Salesforce Ana gets Title = (blank)
and they sync
then in HubSpot Ana has jobtitle = (blank)

when in HubSpot Ana gets jobtitle = Chair
and they sync
then in Salesforce Ana has Title = Chair
and the next syncs write nothing
