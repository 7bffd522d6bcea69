N-04  A contact that fails a Salesforce validation rule does not sync
E-02  Custom code: validation rules, flows and triggers refuse a write
we do: The same: a problem in the category of custom code, tried again when the record changes or a person asks.
standing: same

given Salesforce refuses Ruiz for salesforce.validation_rule
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
then Ana needs attention: salesforce.validation_rule
and in Salesforce there are no leads
when in HubSpot Ana gets lastname = Pérez
and they sync
then in Salesforce Ana has LastName = Pérez
and there is no problem
