D-13  Line items and opportunity products
we do: They are not synced, as with HubSpot; the amount is.
standing: same

given deals are synced too
and Big is a deal in HubSpot with dealname = Big, amount = 10
when they sync
then in Salesforce Big has Amount = 10
and no shipped line of deals joins line_items
