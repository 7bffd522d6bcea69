C-05  New HubSpot contacts become one type only, lead or contact
we do: The same setting, and never as a third choice.
standing: same

given the setting create_in_salesforce of contacts is contact
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz
when they sync
then in Salesforce Ana is a contact
and in Salesforce there are no leads
given the setting create_in_salesforce of contacts is never
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz
when they sync
then Ben is left out: create_off
and in Salesforce there is one contact
