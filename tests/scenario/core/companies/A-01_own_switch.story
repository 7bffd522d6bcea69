A-01  Companies have a switch of their own
A-03  Accounts of before come when they are edited or imported
we do: The same; once the switch is on, accounts of before come with the first check, unless existing_records says wait.
standing: better
why: Nobody has to touch every account to have it synced.

given Acme is an account in Salesforce with Name = Acme
when they sync
then in HubSpot there are no companies
given companies are synced too
when they sync
then in HubSpot Acme has name = Acme
given the setting existing_records is wait
when in Salesforce Acme gets Phone = 1234567
and they sync
then in HubSpot Acme has phone = 1234567
