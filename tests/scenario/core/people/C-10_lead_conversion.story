C-10  A converted lead goes on as its contact
we do: The pair is pointed at the new contact; HubSpot's contact keeps its history.
standing: same

given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme
when they sync
and in Salesforce Ana is converted to a contact with Email = ana@acme.example, LastName = Ruiz, Title = CEO
and they sync twice
then HubSpot's Ana and Salesforce's Ana are a pair
and in Salesforce Ana is a contact
and in HubSpot there is one contact
and in HubSpot Ana has jobtitle = CEO
