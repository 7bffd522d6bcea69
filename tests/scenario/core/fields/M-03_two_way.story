M-03  Two-way
we do: The side whose value changed last is followed, blanks too.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
and the rule of jobtitle is Two-way
when they sync
then in Salesforce Ana has Title = CTO

when in HubSpot Ana gets jobtitle = CEO
and they sync
then in Salesforce Ana has Title = CEO

when in Salesforce Ana gets Title = Chair
and they sync
then in HubSpot Ana has jobtitle = Chair

when in Salesforce Ana gets Title = (blank)
and they sync
then in HubSpot Ana has jobtitle = (blank)

when in HubSpot Ana gets jobtitle = Founder
and they sync
and in HubSpot Ana gets jobtitle = (blank)
and they sync
then in Salesforce Ana has Title = (blank)
and the next syncs write nothing
