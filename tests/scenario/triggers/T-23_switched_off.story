T-23  The owner of a lead or contact changes in HubSpot or in Salesforce
we do: With owners off, owners stay as they are on both sides.
standing: better
why: Some teams assign by rules of their own on each side.

given the setting owners is off
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and in HubSpot the owner of Ana becomes ben.clarke@pasodoble.example
and in Salesforce the owner of Ana becomes carla.ruiz@pasodoble.example
and they sync
then in HubSpot the owner of Ana is ben.clarke@pasodoble.example
and in Salesforce the owner of Ana is carla.ruiz@pasodoble.example
