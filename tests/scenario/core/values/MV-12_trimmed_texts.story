MV-12  What Salesforce makes of a text is no edit
U-19  Ping-pong is prevented
we do: Texts are compared trimmed and with one kind of line end; our own write is known again.
standing: same

given Salesforce trims what it is given
and the rule of jobtitle is Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, jobtitle = "CTO  "
when they sync
then in Salesforce Ana has Title = CTO
and in HubSpot Ana has jobtitle = "CTO  "
and the next syncs write nothing
