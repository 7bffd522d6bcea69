O-04  An owner in HubSpot without a match is reset to Salesforce's
O-03  Only owners who match an active user go to Salesforce
O-10  A one-way owner is made by leaving HubSpot's users unmatched
U-08  An owner edit to an unmatched user is undone
we do: The same.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and in HubSpot there is an owner lone.wolf@pasodoble.example
and in HubSpot the owner of Ana becomes ana.torres@pasodoble.example
when they sync
and in HubSpot the owner of Ana becomes lone.wolf@pasodoble.example
and they sync
then the owners of Ana are ana.torres@pasodoble.example
