N-06  A company without contacts makes no account
we do: A setting: always (the default), with_people, which is HubSpot's way, or never.
standing: better
why: An account without people is what many want; those who do not can say so.

given the setting create_in_salesforce of companies is with_people
and the setting create_in_salesforce of contacts is contact
and Empty is a company in HubSpot with name = Vega Empty, domain = vegaempty.example
and Full is a company in HubSpot with name = Vega Full, domain = vegafull.example
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz
and in HubSpot Ana belongs to Full
when they sync
then in Salesforce Full has Name = Vega Full
and Empty is nowhere in Salesforce
and Empty is left out: no_people
