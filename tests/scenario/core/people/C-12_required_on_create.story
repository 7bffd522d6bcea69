C-12  A lead needs a last name and a company
we do: What is missing is a problem that names the field; a setting may fill it instead.
standing: better
why: A placeholder that nobody asked for is hard to find again among real names.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz
when they sync
then Ana needs attention: value.required_missing
and the problem of Ana names Company
given the setting placeholder of contacts is Company = [not provided]
when a person asks for Ana
then in Salesforce Ana has Company = [not provided]
and there is no problem
