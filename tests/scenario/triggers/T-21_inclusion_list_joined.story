T-21  With an inclusion list set, any contact that enters the list, new or existing
I-01  Only active lists can be chosen
I-04  Entering the list triggers a sync; choosing the list does not
N-03  A contact not meeting the inclusion list does not sync
we do: Any list may be chosen, static or dynamic; whoever enters it is synced on the next check.
standing: better
why: A list kept by hand is as good a statement of who is to sync as a filter.

given Friends is a static list of contacts
and the inclusion list of contacts is Friends
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
then Ana is nowhere in Salesforce
and Ana is left out: not_in_list
when Ana joins Friends
and they sync
then in Salesforce Ana has LastName = Ruiz
and it was started by inclusion_list_joined of Ana
