MV-10  Salesforce's lists of states and countries want codes
we do: A text goes into a list where the option is there; another is a problem that says so.
standing: same

given in Salesforce a lead has a field State: listed choice of CA; NY
and in Salesforce a lead has a field Country: listed choice of US
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, state = CA, country = US
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme, state = California
when they sync
then in Salesforce Ana has State = CA, Country = US
and in Salesforce Ben has LastName = Ortiz, State = (blank)
and the problem of Ben names State
