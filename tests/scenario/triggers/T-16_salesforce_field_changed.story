T-16  A lead, contact, account or opportunity value changes in Salesforce
we do: The property is written as its rule says, on the next check at the latest.
standing: same

given Ana is a lead in Salesforce with Email = ana@vega.example, LastName = Ruiz, Company = Vega
and Ben is a contact in Salesforce with Email = ben@vega.example, LastName = Ortiz
and Luna is an account in Salesforce with Name = Luna Sixteen
and Big is an opportunity in Salesforce with Name = Big, StageName = Prospecting, CloseDate = 2026-12-31
when they sync
and in Salesforce Ana gets Title = CEO
and in Salesforce Ben gets Title = CTO
and in Salesforce Luna gets Phone = +34 600 111 222
and in Salesforce Big gets Amount = 1200
and they sync
then in HubSpot Ana has jobtitle = CEO
and in HubSpot Ben has jobtitle = CTO
and in HubSpot Luna has phone = +34 600 111 222
and in HubSpot Big has amount = 1200
and it was started by salesforce_field_changed of Ana
and it was started by salesforce_field_changed of Ben
and it was started by salesforce_field_changed of Luna
and it was started by salesforce_field_changed of Big
