MD-02  The Salesforce campaigns of a person arrive in a HubSpot property
CP-06  Membership shows in the property "Salesforce campaigns"
we do: The same property, salesforcecampaignids; read only.
standing: same

given in HubSpot a contact has a field salesforcecampaignids: choices
and campaigns are joined by forms
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Spring is a campaign in Salesforce with IsActive = true
when they sync
and in Salesforce Spring is tied to Ana
and in HubSpot Ana gets jobtitle = CTO
and they sync
then in HubSpot Ana has salesforcecampaignids = (id of Spring)
