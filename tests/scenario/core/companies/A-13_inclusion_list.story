A-13  Companies may have an inclusion list
I-09  There are lists for companies, tickets and custom objects
we do: Every object may have one.
standing: same

given companies are synced too
and Acme is a company in HubSpot with name = Acme
and Vega is a company in HubSpot with name = Vega
and the list 9 holds Acme
and the setting inclusion_list of companies is 9
when they sync
then in Salesforce Acme has Name = Acme
and Vega is left out: not_in_list
