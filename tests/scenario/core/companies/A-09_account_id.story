A-09  After pairing, the stored account id is the key
we do: The same: who was paired before is paired again, whatever name or domain says.
standing: same

given companies are synced too
and the setting match of companies is domain
and Old is an account in Salesforce with Name = "Acme Old"
and Acme is an account in Salesforce with Name = Acme, Website = acme.example
and Vela is a company in HubSpot with name = Vela, domain = vela.example, salesforceaccountid = (id of Acme)
when they sync
then in HubSpot there are two companies
and in Salesforce there are two accounts
and HubSpot's Vela and Salesforce's Acme are a pair
