MV-13  Rich text
we do: Between rich texts the markup travels; into a plain field go the words and lines, and the markup of the richer side is left alone while the words agree.
standing: better
why: HubSpot documents no rule; this one loses no words and does not echo.

given in HubSpot a contact has a field bio: rich_text
and in Salesforce a lead has a field Bio__c: long_text
and contacts join bio to Bio__c with Prefer HubSpot unless blank
and Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme, bio = <p>Plays <b>chess</b></p>
when they sync
then in Salesforce Ana has Bio__c = "Plays chess"
and in HubSpot Ana has bio = <p>Plays <b>chess</b></p>
and the next syncs write nothing
