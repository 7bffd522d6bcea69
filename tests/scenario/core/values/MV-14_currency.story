MV-14  Currency
D-14  Multi-currency
we do: An amount is carried as a number and never converted into another currency.
standing: better
why: A rate that is wrong by a day is worse than an amount that says what was typed.

given deals are synced too
and Big is a deal in HubSpot with dealname = Big, amount = 1200.50, closedate = 2026-06-30T00:00:00Z, dealstage = qualifiedtobuy
when they sync
then in Salesforce Big has Amount = 1200.5
when in Salesforce Big gets Amount = 900
and they sync
then in HubSpot Big has amount = 900
