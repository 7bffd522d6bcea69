TN-06  A new line is not retroactive
M-16  A back-fill after a new line is asked for
U-03  A new mapping is not retroactive
we do: A new or re-pointed line carries nothing for older pairs until a person has seen its preview and wakes it; new pairs have it at once.
standing: same

given contacts no longer join jobtitle
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO
when they sync
and contacts join jobtitle to Title with Two-way
and they sync
and in HubSpot Ana gets firstname = Ana
and they sync
then in Salesforce Ana has Title = (blank), FirstName = Ana
given Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme, jobtitle = CEO
when they sync
then in Salesforce Ben has Title = CEO
when a person wakes jobtitle of contacts
then in Salesforce Ana has Title = CTO
when in Salesforce Ana gets Title = Chair
and they sync
then in HubSpot Ana has jobtitle = Chair
