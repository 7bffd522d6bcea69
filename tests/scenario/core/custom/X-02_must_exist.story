X-02  The HubSpot object must be there first
we do: The same: the settings are refused with what is missing and the next step, before anything is written.
standing: same

given projects are a custom object of p_projects and Project__c
and in HubSpot nobody may see p_projects
then the settings are refused
