D-02  Companies come first, else deals have no company
we do: The order does not matter: the association comes when the company has synced.
standing: better
why: Order problems solve themselves.

given deals are synced too
and Acme is an account in Salesforce with Name = Acme
and Big is an opportunity in Salesforce with Name = Big
and in Salesforce Big is tied to Acme
when they sync
then in HubSpot Big has dealname = Big
given companies are synced too
when they sync
and in Salesforce Big gets Amount = 5
and they sync twice
then in HubSpot Big is tied to Acme as primary
