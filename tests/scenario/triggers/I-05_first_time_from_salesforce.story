I-05  A new lead or contact comes in once, even outside the list, and then gets no more updates until it qualifies
U-06  The list does not hold back new people of Salesforce the first time
we do: The same.
standing: same

given Friends is a static list of contacts
and the inclusion list of contacts is Friends
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz
when they sync
and Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Benito is a lead in Salesforce with Email = ben@vega.example, LastName = Ortiz, Company = Vega, Title = CTO
and they sync
then in HubSpot Ana has lastname = Ruiz
and HubSpot's Ben and Salesforce's Benito are a pair
and in HubSpot Ben has jobtitle = CTO
when in Salesforce Ana gets LastName = Sol
and they sync
then in HubSpot Ana has lastname = Ruiz
when Ana joins Friends
and they sync
then in HubSpot Ana has lastname = Sol
