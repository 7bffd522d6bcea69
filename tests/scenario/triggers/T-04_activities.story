T-04  A marketing email is sent to the contact
T-05  A marketing email is opened by the contact
T-06  A link in a marketing email is clicked by the contact
T-07  A one-to-one email is sent to the contact
T-08  A one-to-one email is opened by the contact
T-09  A link in a one-to-one email is clicked by the contact
T-10  A meeting is scheduled with the contact
T-11  A call is made to the contact
T-12  A note is created on the contact
T-13  A sales document is viewed by the contact
T-14  A task is created on the contact
Y-01  Activities of HubSpot's timeline become tasks in Salesforce, one each
Y-02  Each sort of activity has a switch of its own
Y-04  Each of them also syncs its contact
Y-05  After some time, which HubSpot does not tell
Y-13  Subject, status, day and person of the tasks that HubSpot writes
we do: The contact is synced and a completed task is on its lead or contact, once, at the next check at the latest and at once with push; its subject says what it was.
standing: same

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = Ruiz, company = Vega
when they sync
and to Ana happens marketing_email_sent
and to Ana happens marketing_email_opened
and to Ana happens marketing_email_clicked
and to Ana happens sales_email_sent: subject = Offer
and to Ana happens sales_email_opened
and to Ana happens sales_email_clicked
and to Ana happens meeting_scheduled: title = Demo
and to Ana happens call_logged: title = Price
and to Ana happens note_created: body = Blue
and to Ana happens document_viewed
and to Ana happens task_created: subject = Ring
and they sync
then Salesforce shows 11 tasks on Ana
and Salesforce shows the task Email: Offer once on Ana
and Salesforce shows the task Email opened: Offer once on Ana
and Salesforce shows the task Email clicked: Offer once on Ana
and Salesforce shows the task Meeting: Demo once on Ana
and Salesforce shows the task Call: Price once on Ana
and Salesforce shows the task Note: Blue once on Ana
and Salesforce shows the task Document viewed once on Ana
and Salesforce shows the task Ring once on Ana
and marketing_email_sent fired
and marketing_email_opened fired
and marketing_email_clicked fired
and sales_email_sent fired
and sales_email_opened fired
and sales_email_clicked fired
and meeting_scheduled fired
and call_logged fired
and note_created fired
and document_viewed fired
and task_created fired
when they sync
then Salesforce shows 11 tasks on Ana
