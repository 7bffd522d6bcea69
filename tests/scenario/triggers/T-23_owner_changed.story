T-23  The owner of a lead or contact changes in HubSpot or in Salesforce
O-01  Salesforce's owner goes to the HubSpot owner whose user matches
O-07  Afterwards the most recent owner change wins
M-09  The owner is two-way whatever its rule says
we do: The owner follows on the other side.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and in HubSpot the owner of Ana becomes ana.torres@pasodoble.example
when they sync
then the owners of Ana are ana.torres@pasodoble.example
when in HubSpot the owner of Ana becomes ben.clarke@pasodoble.example
and they sync
then the owners of Ana are ben.clarke@pasodoble.example
and it was started by owner_changed of Ana
when in Salesforce the owner of Ana becomes carla.ruiz@pasodoble.example
and they sync
then the owners of Ana are carla.ruiz@pasodoble.example
and it was started by owner_changed of Ana
