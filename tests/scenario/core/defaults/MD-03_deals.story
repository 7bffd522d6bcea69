MD-03  Default lines of deals
D-15  Probability and forecast category are not in the default list
we do: The same list; probability stays what Salesforce makes of the stage.
standing: same

then the shipped lines of deals join dealname to Name, amount to Amount, closedate to CloseDate, dealstage to StageName, dealtype to Type, description to Description, hubspot_owner_id to OwnerId
and no shipped line of deals joins hs_deal_stage_probability
given deals are synced too
and Big is an opportunity in Salesforce with Name = Big, StageName = Closed Won, CloseDate = 2026-06-30, Amount = 10
when they sync
then in HubSpot Big has dealname = Big, dealstage = closedwon, amount = 10
