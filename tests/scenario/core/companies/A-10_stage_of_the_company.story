A-10  The contact's lifecycle stage moves the company's
L-08  The stage goes from contact to company
we do: Companies keep their own stage: HubSpot itself can carry it from contact to company; a line of one's own may join it to a field.
standing: better
why: Two automations that move one property fight.

given companies are synced too
and in HubSpot a contact has a field lifecyclestage: text
and in HubSpot a company has a field lifecyclestage: text
and the setting create_in_salesforce of contacts is contact
and Acme is a company in HubSpot with name = Acme, lifecyclestage = lead
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, lifecyclestage = lead
and in HubSpot Ana is tied to Acme as primary
when they sync twice
and in HubSpot Ana gets lifecyclestage = customer
and they sync
then in HubSpot Acme has lifecyclestage = lead
