I-06  Leaving the list stops updates both ways and does not delete anything
N-03  A contact not meeting the inclusion list does not sync
we do: The same; coming back catches up on what was missed.
standing: same

given Friends is a static list of contacts
and the inclusion list of contacts is Friends
when they sync
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
and Ana joins Friends
and they sync
then in Salesforce Ana has LastName = Ruiz
when Ana leaves Friends
and in HubSpot Ana gets lastname = Sol
and in Salesforce Ana gets Title = CEO
and they sync
then in Salesforce Ana has LastName = Ruiz
and in HubSpot Ana has jobtitle = (blank)
and Ana is left out: not_in_list
when Ana joins Friends
and they sync
then in Salesforce Ana has LastName = Sol
and in HubSpot Ana has jobtitle = CEO
and Ana is in step
