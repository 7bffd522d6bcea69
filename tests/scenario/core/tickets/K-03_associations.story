K-03  Tickets may be tied to company and contact
K-06  Associations of tickets both ways
we do: Both ways, whenever both objects are on.
standing: better
why: HubSpot has it in a beta only.

given companies and tickets are synced too
and the setting create_in_salesforce of contacts is contact
and Acme is a company in HubSpot with name = Acme
and Ana is a contact in Salesforce with Email = ana@acme.example, LastName = Ruiz
and Leak is a ticket in HubSpot with subject = Leak
and in HubSpot Leak is tied to Acme as primary
when they sync twice
then in Salesforce Leak is tied to Acme
when in Salesforce Leak is tied to Ana
and they sync twice
then in HubSpot Leak is tied to Ana
