Z-07  Deletion of custom records is selectable
X-04  Rules, deletion and lines are set per object
we do: As set, for each object and each side.
standing: same

given projects are a custom object of p_projects and Project__c
and Mars is a p_projects in HubSpot with name = Mars
when they sync
given the setting when_deleted_in_hubspot of projects is delete
when in HubSpot Mars is deleted
and they sync twice
then in Salesforce Mars is gone
