A-08  Syncing a company by hand makes the account
we do: The same.
standing: same

given companies are synced too
and the setting create_in_salesforce of companies is with_people
and Empty is a company in HubSpot with name = Empty
when they sync
then Empty is left out: no_people
when a person asks for Empty
then in Salesforce Empty has Name = Empty
