TN-06  Creating or editing a mapping carries nothing for older records
we do: The same: a new line sleeps for older pairs until a person has seen its preview and wakes it; new pairs have it at once.
standing: same

given in HubSpot contacts have a property shoe
and in Salesforce Lead has a field Shoe__c of string
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega, shoe = Boot
when they sync
and contacts join shoe to Shoe__c with two_way
and they sync
and in HubSpot Ana gets firstname = Ana
and they sync
then in Salesforce Ana has FirstName = Ana, Shoe__c = (blank)
when Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega, shoe = Clog
and they sync
then in Salesforce Ben has Shoe__c = Clog
