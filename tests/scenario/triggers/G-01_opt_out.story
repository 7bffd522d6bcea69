G-01  Opting out in either system opts out in the other
G-02  Un-ticking it in Salesforce does not opt anybody in again; only a link in an email does
G-03  A contact that does not sync does not carry the opt-out
U-14  Opting in is one way
M-24  The rule of the opt-out is fixed
we do: The same. In HubSpot it is written by the API for subscriptions, which alone can.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ben is a contact in HubSpot with email = ben@vega.example, lastname = Ortiz, company = Vega
when they sync
and in Salesforce Ana gets HasOptedOutOfEmail = true
and Ben unsubscribes from all email
and they sync
then in HubSpot Ana has hs_email_optout = true
and in Salesforce Ben has HasOptedOutOfEmail = true
when in Salesforce Ben gets HasOptedOutOfEmail = false
and they sync
then in HubSpot Ben has hs_email_optout = true
and in Salesforce Ben has HasOptedOutOfEmail = true
when Eva is a lead in Salesforce with Email = eva@vega.example, LastName = Gil, Company = Vega, HasOptedOutOfEmail = true
and they sync twice
then in HubSpot Eva has hs_email_optout = true
