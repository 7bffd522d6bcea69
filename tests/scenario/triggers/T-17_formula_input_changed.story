T-17  A mapped field that is an input of a formula on the same record changes
we do: The input is the trigger, and the formula's new value travels with it.
standing: same

given in Salesforce Lead has a formula Loud__c of string: UPPER(Title)
and in HubSpot contacts have a property loud_title
and contacts join loud_title to Loud__c with always_salesforce
and Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega, Title = ceo
when they sync
then in HubSpot Ana has loud_title = CEO
when in Salesforce Ana gets Title = cto
and they sync
then in HubSpot Ana has jobtitle = cto, loud_title = CTO
and it was started by salesforce_field_changed of Ana
