M-02  Always use Salesforce
U-02  A blank Salesforce value still beats HubSpot under this rule
we do: Salesforce's value stands, even where it is blank; HubSpot's never reaches it.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme, Title = CTO
and the rule of jobtitle is Always use Salesforce
when they sync
then in HubSpot Ana has jobtitle = CTO

when in HubSpot Ana gets jobtitle = Intern
and they sync
then in HubSpot Ana has jobtitle = CTO
and in Salesforce Ana has Title = CTO

when in Salesforce Ana gets Title = (blank)
and they sync
then in HubSpot Ana has jobtitle = (blank)

when in HubSpot Ana gets jobtitle = Chair
and they sync
then in Salesforce Ana has Title = (blank)
and the next syncs write nothing
