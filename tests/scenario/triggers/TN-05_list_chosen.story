TN-05  Choosing or changing the inclusion list does not itself start a sync of its members
I-04  Entering the list triggers a sync; choosing the list does not
we do: The same, and why says so; syncing the list by hand brings its members.
standing: same

given Nobody is a static list of contacts
and Friends is a static list of contacts
and the inclusion list of contacts is Nobody
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and Ana joins Friends
and the inclusion list of contacts is Friends
and they sync
then Ana is nowhere in Salesforce
and why says list_chosen of Ana
when a person syncs the list Friends of contacts
then in Salesforce Ana has LastName = Ruiz
