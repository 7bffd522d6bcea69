C-11  With lead creation on and contact creation off, a converted lead stops
E-10  Converted Lead
we do: What is made of new people has no say over pairs there are: the converted lead goes on as its contact.
standing: better
why: A sale is the worst moment to stop syncing somebody.

given the setting create_in_salesforce of contacts is lead
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana is converted to a contact with Email = ana@acme.example, LastName = Ruiz
and they sync twice
and in HubSpot Ana gets jobtitle = CEO
and they sync
then in Salesforce Ana has Title = CEO
and Ana is in step
