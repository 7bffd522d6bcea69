MT-08  Types that HubSpot's table does not name
we do: Currency and percent go with numbers; phone, URL, e-mail, id and time with texts; rich text with rich text.
standing: better
why: Every pair of types either has a declared conversion with laws that are tested, or is refused.

given in HubSpot a contact has a field rating: number
and in Salesforce a lead has a field Rating__c: percent of 2 decimals
and contacts join rating to Rating__c with Two-way
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, rating = 12.5
when they sync
then in Salesforce Ana has Rating__c = 12.5
and a HubSpot money may be mapped to a Salesforce money or number
and a HubSpot text may be mapped to a Salesforce phone, url, email, id or time
and a HubSpot rich_text may be mapped to a Salesforce rich_text or long_text
