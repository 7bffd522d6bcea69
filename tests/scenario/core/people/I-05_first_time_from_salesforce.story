I-05  A new lead or contact comes in once, even outside the list, and then gets no more updates until it qualifies
U-06  The list does not hold back new people of Salesforce the first time
we do: The same.
standing: same

given the list 7 holds nobody
and the setting inclusion_list of contacts is 7
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme
when they sync
then in HubSpot Ana has lastname = Ruiz
when in Salesforce Ana gets LastName = Pérez
and they sync
then in HubSpot Ana has lastname = Ruiz
