M-18  Mappings can be exported
we do: As CSV in HubSpot's columns, and back in; as YAML besides.
standing: same

given the rule of jobtitle is Two-way
then the mapping of contacts is exported as HubSpot Field Name, Salesforce Field Name, Sync Rule, Status, Mapping type
and its export says jobtitle, Title, Two-way, Active, Standard
and the exported mapping of contacts comes back as it was
