T-21  With an inclusion list set, any contact that enters the list, new or existing
I-01  Only active lists can be chosen
I-08  A change that alters membership may sync before the list is looked at again
we do: A list by filter is asked at the moment of the sync, so that a change which leads out of it does not slip out.
standing: better
why: Membership is read when it is needed, not kept from before.

given Chiefs is a list of contacts where jobtitle is CEO
and the inclusion list of contacts is Chiefs
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega, jobtitle = Clerk
when they sync
then Ana is left out: not_in_list
when in HubSpot Ana gets jobtitle = CEO
and they sync
then in Salesforce Ana has LastName = Ruiz
when in HubSpot Ana gets jobtitle = Clerk, lastname = Sol
and they sync
then in Salesforce Ana has LastName = Ruiz
and Ana is left out: not_in_list
