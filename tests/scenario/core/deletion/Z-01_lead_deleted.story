Z-01  A deleted lead or contact: do nothing, or delete the HubSpot contact
we do: As set; a deletion is proven twice before anything follows it, and an edited contact outlives it.
standing: better
why: Nothing that somebody has just changed is deleted because of a deletion elsewhere.

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
and Ben is a contact in HubSpot with email = ben@acme.example, lastname = Ortiz, company = Acme
when they sync
and in Salesforce Ana is deleted
and they sync twice
then in HubSpot Ana is still there
given the setting when_deleted_in_salesforce of contacts is delete
when in Salesforce Ben is deleted
and they sync twice
then in HubSpot Ben is gone
and in HubSpot Ana is still there
