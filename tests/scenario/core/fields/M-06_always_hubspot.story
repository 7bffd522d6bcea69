M-06  There is no rule that always uses HubSpot
we do: There are the two mirrors, Prefer HubSpot unless blank and Always use HubSpot.
standing: better
why: A field that HubSpot masters needs no detour over a two-way line and rights taken away in Salesforce.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO, phone = 1234567
and the rule of jobtitle is Always use HubSpot
and the rule of phone is Prefer HubSpot unless blank
when they sync
and in Salesforce Ana gets Title = Intern, Phone = 7654321
and they sync
then in Salesforce Ana has Title = CTO, Phone = 1234567
when in HubSpot Ana gets jobtitle = (blank), phone = (blank)
and they sync
then in Salesforce Ana has Title = (blank), Phone = (blank)
when in Salesforce Ana gets Title = Chair, Phone = 5555555
and they sync
then in HubSpot Ana has jobtitle = (blank), phone = 5555555
