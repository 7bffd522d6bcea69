X-04  Associations of a custom object are set per object
we do: A custom object names the Salesforce lookup that ties it to another synced object; HubSpot's association follows it, and it follows HubSpot's.
standing: same

given companies are synced too
and projects are a custom object of p_projects and Project__c
and projects are tied to companies by Account__c
and Acme is an account in Salesforce with Name = Acme
and Vega is an account in Salesforce with Name = Vega
and Mars is a Project__c in Salesforce with Name = Mars
and in Salesforce Mars is tied to Acme
when they sync twice
then in HubSpot Mars is tied to Acme
when in Salesforce Mars is tied to Vega
and they sync twice
then in HubSpot Mars is tied to Vega
and in HubSpot Mars is not tied to Acme
when in HubSpot Mars is untied from Vega
and they sync twice
then in Salesforce Mars is not tied to Vega
and the next syncs write nothing
