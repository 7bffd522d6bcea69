O-05  A new lead gets the matching owner, or else whom the assignment rules say
O-06  On an existing lead assignment rules do not run
O-09  A blank owner in HubSpot is filled from Salesforce
we do: The same; the rules' choice comes back to HubSpot.
standing: same

given in Salesforce every new Lead is assigned to dev.patel@pasodoble.example
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega
and in HubSpot the owner of Ben becomes ben.clarke@pasodoble.example
when they sync twice
then the owners of Ana are dev.patel@pasodoble.example
and the owners of Ben are ben.clarke@pasodoble.example
when in HubSpot Ben gets lastname = Sol
and they sync
then the owners of Ben are ben.clarke@pasodoble.example
when in Salesforce Lead assigns no more
then in Salesforce Ben has LastName = Sol
