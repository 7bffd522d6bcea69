U-16  What Salesforce fills by default comes back at once
we do: The default is taken over in the next check, and is no edit that fights.
standing: same

given the rule of leadsource is Prefer Salesforce unless blank
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana gets LeadSource = Web
and they sync
then in HubSpot Ana has leadsource = Web
and the next syncs write nothing
