A-02  A new account makes a company
A-05  An account needs no contact to make a company
we do: The same.
standing: same

given companies are synced too
and Acme is an account in Salesforce with Name = Acme
when they sync
then in HubSpot Acme has name = Acme
and in HubSpot there is one company
