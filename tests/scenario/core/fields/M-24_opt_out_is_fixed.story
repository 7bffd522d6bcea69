M-24  The opt-out line is fixed
G-01  Opted out in either system is opted out in the other
G-02  Salesforce never opts anyone in again
we do: The line has a law of its own, whatever rule the settings name.
standing: same

given the rule of hs_email_optout is Don't sync
then the line hs_email_optout of contacts keeps its law whatever its rule: opt_out
given the rule of hs_email_optout is Prefer Salesforce unless blank
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, hs_email_optout = false
when they sync
and in HubSpot Ana gets hs_email_optout = true
and they sync
then in Salesforce Ana has HasOptedOutOfEmail = true
when in Salesforce Ana gets HasOptedOutOfEmail = false
and they sync
then in HubSpot Ana has hs_email_optout = true
and in Salesforce Ana has HasOptedOutOfEmail = true
