A-14  Parent accounts
we do: They are not carried; both sides keep their own.
standing: same

given companies are synced too
and in Salesforce an account has a field ParentId: reference
and Group is an account in Salesforce with Name = Group
and Acme is an account in Salesforce with Name = Acme, ParentId = (id of Group)
when they sync
then in HubSpot Acme has name = Acme
and in HubSpot Acme is tied to no companies
