M-14  Company and deal lines need their object to be on
we do: Lines of an object that is off carry nothing, and lint says that it is off.
standing: same

given companies are synced too
and companies are switched off
and Acme is a company in HubSpot with name = Acme
and Vega is an account in Salesforce with Name = Vega
when they sync
then in Salesforce there is one account
and in HubSpot there is one company
when companies are switched on again
and they sync
then in HubSpot there are two companies
