C-19  A lead from before the installation comes by import or by a later edit
TN-07  Installing does not sync existing records
TN-12  What was there before waits to be edited
we do: A setting: existing_records says sync (the default, under the brakes) or wait, which is HubSpot's way.
standing: better
why: Most people connect two CRMs to have them in step; the plan shows beforehand what that means.

given the setting existing_records is wait
and Ana is a lead in Salesforce with Email = ana@acme.example, LastName = Ruiz, Company = Acme
when they sync
then Ana is left out: waits_for_edit
and in HubSpot there are no contacts
when in Salesforce Ana gets Title = CTO
and they sync
then in HubSpot Ana has lastname = Ruiz, jobtitle = CTO
