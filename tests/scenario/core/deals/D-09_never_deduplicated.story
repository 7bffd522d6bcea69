D-09  Opportunities are never de-duplicated
we do: The same: two of one name are two, unless an id says otherwise.
standing: same

given deals are synced too
and Big is a deal in HubSpot with dealname = Big
and Large is an opportunity in Salesforce with Name = Big
when they sync
then in HubSpot there are two deals
and in Salesforce there are two opportunities
