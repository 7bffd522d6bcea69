C-09  Leads have no account, so automatic companies make duplicates at conversion
U-11  Leads plus automatic companies make duplicates
we do: A company waits for somebody with an account, where the setting says with_people; at conversion it is paired with the account of its contact.
standing: better
why: No setting of HubSpot has to be switched off to keep the accounts clean.

given companies are synced too
and the setting create_in_salesforce of companies is with_people
and Acme is a company in HubSpot with name = Acme
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and in HubSpot Ana is tied to Acme as primary
when they sync twice
then in Salesforce Ana is a lead
and in Salesforce there are no accounts
given Acme is an account in Salesforce with Name = "Acme SA"
when in Salesforce Ana is converted to a contact with Email = ana@acme.example, LastName = Ruiz
and in Salesforce Ana is tied to Acme
and they sync twice
and they sync twice
then in Salesforce there is one account
and in HubSpot there is one company
and HubSpot's Acme and Salesforce's Acme are a pair
