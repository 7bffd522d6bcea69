T-22  A lead or contact is added to an active campaign by a form submission
CP-01  Salesforce's campaigns and HubSpot's are different things
CP-02  A form submission can add the contact to a Salesforce campaign
CP-04  Only an active campaign is used
CP-08  The status of who joins so
we do: Whoever submits the form becomes a member once, with the status of the settings, and the contact is synced; a campaign that is not active takes nobody, and why says so.
standing: same

given Spring is a Campaign in Salesforce with Name = Spring, IsActive = true
and Autumn is a Campaign in Salesforce with Name = Autumn, IsActive = false
and the form Fair leads to Spring with the status Responded
and the form Old fair leads to Autumn with the status Responded
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Eva is a contact in HubSpot with email = eva@vega.example, lastname = Sol, company = Vega
when Ana submits the form Fair
and Ana submits the form Fair
and Eva submits the form Old fair
and they sync
then Ana joined Spring as Responded
and campaign_joined_by_form fired
and Eva did not join Autumn
and why says campaign_inactive of Eva
