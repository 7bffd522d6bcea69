D-04  Deals have a switch of their own
D-10  Opportunities of before come by import or by an edit
we do: Once the switch is on they come with the first check, unless existing_records says wait.
standing: better
why: Nobody has to touch every opportunity to have it synced.

given Big is an opportunity in Salesforce with Name = Big
when they sync
then in HubSpot there are no deals
given deals are synced too
when they sync
then in HubSpot Big has dealname = Big
