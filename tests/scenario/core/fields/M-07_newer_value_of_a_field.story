M-07  In two-way, newer is judged by the field and not by the record
we do: Each field's own history decides where HubSpot keeps one; edits of different fields of one record never fight.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = CTO, firstname = Ana
and the rule of jobtitle is Two-way
when they sync
and in Salesforce Ana gets Title = Chair
and in HubSpot Ana gets firstname = Anna
and they sync
then in HubSpot Ana has jobtitle = Chair, firstname = Anna
and in Salesforce Ana has Title = Chair, FirstName = Anna

# Both changed one field: the later change is kept, and the other is told.
when in Salesforce Ana gets Title = Earlier
and in HubSpot Ana gets jobtitle = Later
and they sync
then in HubSpot Ana has jobtitle = Later
and in Salesforce Ana has Title = Later
and the lost value Earlier of Ana is kept in its history
