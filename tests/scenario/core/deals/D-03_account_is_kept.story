D-03  Company sync that is switched on late strips opportunities of their accounts
U-05  Company sync switched on after deal sync strips accounts
we do: The account stays, and the deal gets its company.
standing: better
why: It is a destructive fault; an association that HubSpot merely lacks is no wish to remove it.

given deals are synced too
and Acme is an account in Salesforce with Name = Acme
and Big is an opportunity in Salesforce with Name = Big
and in Salesforce Big is tied to Acme
when they sync
given companies are synced too
when they sync
and in HubSpot Big gets amount = 5
and they sync twice
then in Salesforce Big is tied to Acme
and in HubSpot Big is tied to Acme as primary
