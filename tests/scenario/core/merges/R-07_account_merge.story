R-07  After an account merge, the duplicate company loses its account id
we do: The company whose account lost is a problem with both named; it makes no new account.
standing: better
why: A blank id tells nobody anything.

given companies are synced too
and the setting match of companies is domain
and Acme is a company in HubSpot with name = Acme
and Acme2 is a company in HubSpot with name = "Acme Two"
when they sync
and in Salesforce Acme2 is merged into Acme
and they sync twice
then Acme2 needs attention: duplicate.merged_twin
and in Salesforce there is one account
and in HubSpot there are two companies
