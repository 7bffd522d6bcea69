N-09  HubSpot's own Leads do not sync with Salesforce's leads
N-08  Emails that Einstein Activity Capture logs do not sync, not being tasks
I-11  What people put into inclusion lists in practice
we do: Only contacts pair with leads; what is no task is not read.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and HubSpot's own lead Chance is made of Ana
and they sync
then Ana is in step
and in Salesforce there is one lead of Ana
