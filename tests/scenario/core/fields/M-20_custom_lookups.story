M-20  Lookups of custom objects cannot be mapped
X-06  Lookups of custom objects cannot be mapped
we do: Lint refuses them and points to associations.
standing: same

given projects are a custom object of p_projects and Project__c
and in HubSpot a p_projects has a field sponsor: text
and in Salesforce a Project__c has a field Sponsor__c: reference
and projects join sponsor to Sponsor__c with Prefer Salesforce unless blank
then mapping lint says custom_lookup of sponsor of projects
