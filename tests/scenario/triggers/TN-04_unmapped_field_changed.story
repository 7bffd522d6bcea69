TN-04  A change of an unmapped property or field
we do: No sync and no call for it; why tells it as no trigger.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and in Salesforce Lead has a field Shoe_Size__c of string
when they sync twice
and they sync twice
and a moment passes
and in HubSpot Ana gets hs_persona = persona_1
and in Salesforce Ana gets Shoe_Size__c = "42"
and they sync
then unmapped_field_changed of Ana is told as no trigger
and Ana is in step
