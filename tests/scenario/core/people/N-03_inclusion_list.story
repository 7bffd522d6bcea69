N-03  Whoever is not in the inclusion list does not sync
I-01  Only active lists can be chosen
I-06  Leaving the list stops updates both ways and deletes nothing
we do: The same, with any list, static or active.
standing: better
why: A list is a list; which kind of it decides is the user's matter.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
and the list 7 holds Ana
and the setting inclusion_list of contacts is 7
when they sync
then in Salesforce Ana has LastName = Ruiz
and Ben is left out: not_in_list
given the list 7 holds nobody
when in HubSpot Ana gets jobtitle = CTO
and they sync
then in Salesforce Ana has Title = (blank)
when in Salesforce Ana gets LastName = Pérez
and they sync
then in HubSpot Ana has lastname = Ruiz
and in Salesforce Ana is still there
and Ana is left out: not_in_list
