MT-10  "Mismatched Types" and "Field Format Mismatch"
we do: Lint tells types that never fit from a converter that does not, and names what would.
standing: same

given in HubSpot a contact has a field vip: flag
and in Salesforce a lead has a field Note__c: text
and contacts join vip to Note__c with Two-way
then mapping lint says type_mismatch of vip of contacts
