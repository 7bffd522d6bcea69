A-04  Companies match by shared people, not by domain or name
we do: By shared people first, then by domain, then by name, in the order that the settings say.
standing: better
why: Two of one domain and no people yet are one company far more often than two.

given companies are synced too
and the setting create_in_salesforce of contacts is contact
and the setting match of companies is people
and Acme is a company in HubSpot with name = Acme, domain = acme.example
and Group is an account in Salesforce with Name = "Grupo Acme SA", Website = other.example
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz
and Ana is a contact in Salesforce with Email = ana@acme.example, LastName = Ruiz
and in HubSpot Ana is tied to Acme as primary
and in Salesforce Ana is tied to Group
when they sync
then HubSpot's Acme and Salesforce's Group are a pair

# The same domain and nobody shared: two companies, unless the settings look at domains too.
given Vega is a company in HubSpot with name = Vega, domain = vega.example
and Vega is an account in Salesforce with Name = Vega, Website = vega.example
when they sync twice
then in HubSpot there are three companies
given the setting match of companies is people, domain
and Sol is a company in HubSpot with name = Sol, domain = sol.example
and Sol is an account in Salesforce with Name = Sol, Website = www.sol.example
when they sync twice
then HubSpot's Sol and Salesforce's Sol are a pair
