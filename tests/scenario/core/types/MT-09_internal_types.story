MT-09  HubSpot's types behind the names
we do: A date is a day without a zone, a date and time an instant, a checkbox yes or no, whatever text the API uses for them.
standing: same

given in HubSpot a contact has a field met: moment
and in Salesforce a lead has a field Met__c: moment
and contacts join met to Met__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, met = 2026-03-01T09:30:00.123Z
when they sync
then in Salesforce Ana has Met__c = 2026-03-01T09:30:00Z
and the next syncs write nothing
