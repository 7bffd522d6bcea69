O-08  A new account or opportunity without a matching owner belongs to the integration user
A-15  The same, of accounts
D-11  The same, of opportunities
we do: The same; HubSpot's own owner stays as it is.
standing: same

given in HubSpot there is an owner lone.eagle@pasodoble.example
and Vega is a company in HubSpot with name = Vega Owned, domain = vegaowned.example
and Big is a deal in HubSpot with dealname = Big Owned, pipeline = default, dealstage = appointmentscheduled, closedate = 2026-12-31
and in HubSpot the owner of Vega becomes lone.eagle@pasodoble.example
and in HubSpot the owner of Big becomes lone.eagle@pasodoble.example
when they sync
then in Salesforce the owner of Vega is integration@pasodoble.example
and in Salesforce the owner of Big is integration@pasodoble.example
