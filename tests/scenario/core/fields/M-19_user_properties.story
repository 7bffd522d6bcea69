M-19  Custom properties of the type HubSpot user cannot be mapped
we do: Lint refuses them; the owner itself has its line.
standing: same

given in HubSpot a contact has a field second_owner: owner
and in Salesforce a lead has a field Second__c: owner
and contacts join second_owner to Second__c with Two-way
then mapping lint says user_property of second_owner of contacts
