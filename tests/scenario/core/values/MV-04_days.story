MV-04  A day is the same day on both sides
we do: A date is never shifted; an instant falls on the day it has in the account's zone.
standing: same

given in HubSpot a contact has a field since: date
and in Salesforce a lead has a field Since__c: date
and contacts join since to Since__c with Two-way
and in HubSpot a contact has a field met: moment
and in Salesforce a lead has a field Met__c: date
and contacts join met to Met__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, since = 2026-01-01, met = 2026-01-01T23:59:00Z
when they sync
then in Salesforce Ana has Since__c = 2026-01-01, Met__c = 2026-01-01
and the next syncs write nothing
when in Salesforce Ana gets Since__c = 2025-12-31
and they sync
then in HubSpot Ana has since = 2025-12-31
