Z-09  A deleted account
we do: A setting like everyone's, off by default.
standing: better
why: HubSpot names no options; one word should mean the same for every object.

given companies are synced too
and Acme is an account in Salesforce with Name = Acme
and Vega is an account in Salesforce with Name = Vega
when they sync
and in Salesforce Acme is deleted
and they sync twice
then in HubSpot Acme is still there
given the setting when_deleted_in_salesforce of companies is delete
when in Salesforce Vega is deleted
and they sync twice
then in HubSpot Vega is gone
