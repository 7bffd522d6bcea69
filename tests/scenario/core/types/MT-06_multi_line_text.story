MT-06  Multi-line text: text area
we do: The same; a single-line text field would lose the lines, so it is refused.
standing: same

given in HubSpot a contact has a field story: long_text
and in Salesforce a lead has a field Story__c: long_text
and contacts join story to Story__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, story = "one\ntwo"
when they sync
then in Salesforce Ana has Story__c = "one\ntwo"
and a HubSpot long_text may not be mapped to a Salesforce text, number or choice
