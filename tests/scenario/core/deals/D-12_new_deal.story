D-12  A new deal makes an opportunity
we do: Whenever deals are on, unless create_in_salesforce says never.
standing: better
why: HubSpot does not say when; this is a setting with two words.

given deals are synced too
and Big is a deal in HubSpot with dealname = Big, amount = 10, dealstage = closedwon
when they sync
then in Salesforce Big has Name = Big, Amount = 10, StageName = Closed Won
given the setting create_in_salesforce of deals is never
and Small is a deal in HubSpot with dealname = Small
when they sync
then Small is left out: create_off
