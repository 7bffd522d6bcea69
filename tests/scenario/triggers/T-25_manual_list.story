T-25  Manual sync of a list of contacts
we do: Every member is looked at, ahead of everything else; what cannot be done is said with what to do next.
standing: same

given Friends is a static list of contacts
and Empty is a static list of contacts
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ana joins Friends
when a person syncs the list Friends of contacts
then in Salesforce Ana has LastName = Ruiz
and it was started by manual_list of Ana
when a sync that is refused: the list Empty of contacts
then it says is empty
when a sync that is refused: the list 999999 of contacts
then it says no list 999999
when a sync that is refused: the list Friends of companies
then it says holds contacts, not companies
