R-06  HubSpot companies cannot be merged while the integration is on
we do: They may: the survivor goes on with its account.
standing: better
why: Tidying up must not need an uninstallation.

given companies are synced too
and the setting match of companies is domain
and Acme is a company in HubSpot with name = Acme
and Acme2 is a company in HubSpot with name = "Acme Two"
when they sync
and in HubSpot Acme2 is merged into Acme
and they sync twice
and in HubSpot Acme gets phone = 1234567
and they sync
then HubSpot's Acme and Salesforce's Acme are a pair
and in Salesforce Acme has Phone = 1234567
and Acme2 needs attention: duplicate.merged_twin
