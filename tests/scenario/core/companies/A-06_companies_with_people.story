A-06  A company makes an account when one of its people qualifies
A-07  It does not when it has no people, or leads only
N-06  A company without people makes no account
we do: A setting: always (the default), with_people, which is HubSpot's way, or never.
standing: better
why: An account without people is what many want; those who do not can say so.

given companies are synced too
and the setting create_in_salesforce of contacts is contact
and the setting create_in_salesforce of companies is with_people
and Empty is a company in HubSpot with name = Empty
and Acme is a company in HubSpot with name = Acme
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz
and in HubSpot Ana is tied to Acme as primary
when they sync twice
then in Salesforce Acme has Name = Acme
and Empty is left out: no_people
given the setting create_in_salesforce of companies is always
when in HubSpot Empty gets phone = 1234567
and they sync
then in Salesforce Empty has Name = Empty
