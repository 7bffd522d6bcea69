Y-03  Choosing a sort of activity syncs all of them, without a finer filter
Y-10  Fields of activities cannot be mapped
Y-12  Calendar events
we do: Each sort has a filter, a subject of one's own, an owner and a type; a meeting becomes an event where one wants.
standing: better
why: Opens and clicks are many, and sales people read what is few (W-08).

given the activity call_logged is {filter: {hs_call_direction: INBOUND}, subject: "{hs_call_title} ({hs_call_direction})"}
and the activity meeting_scheduled is {salesforce: event}
and the activity note_created is off
and Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and to Ana happens call_logged: title = Price, direction = INBOUND
and to Ana happens call_logged: title = Cold, direction = OUTBOUND
and to Ana happens note_created
and to Ana happens meeting_scheduled: title = Demo
and they sync
then Salesforce shows 1 tasks on Ana
and Salesforce shows the task Price (INBOUND) once on Ana
and Salesforce shows the event Meeting: Demo on Ana
