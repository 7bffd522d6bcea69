"""Which properties every new portal has, type by type, in a small notation of one line each.

    [group Label of the group]
    name kind Label of the property | option=Label option ...

`kind` is a key of KINDS; a trailing `!` marks a value that nobody may write, `=` one that HubSpot calculates, `*` a
unique one. An option without a label is labelled by its value. `_` in an option's label stands for a blank.
What a portal's people add later does not belong here.
"""

from __future__ import annotations

from typing import Final

from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.property_model import Option, Property, PropertyBook, PropertyGroup

KINDS: Final = {
    "text": ("string", "text"),
    "area": ("string", "textarea"),
    "html": ("string", "html"),
    "phone": ("string", "phonenumber"),
    "number": ("number", "number"),
    "date": ("date", "date"),
    "datetime": ("datetime", "date"),
    "select": ("enumeration", "select"),
    "radio": ("enumeration", "radio"),
    "checkbox": ("enumeration", "checkbox"),
    "bool": ("bool", "booleancheckbox"),
    "enumbool": ("enumeration", "booleancheckbox"),
    "owner": ("enumeration", "select"),
    "open": ("enumeration", "checkbox"),
    "openselect": ("enumeration", "select"),
    "openradio": ("enumeration", "radio"),
}
"""Our word -> (type, fieldType). `open...` kinds take any value, for their options live elsewhere; `owner` takes owners."""

OPEN_KINDS: Final = {"owner", "open", "openselect", "openradio"}

LIFECYCLE: Final = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
)
"""Stages in order: the value moves only towards the end."""

_STAGES = " ".join(f"{value}={label.replace(' ', '_')}" for value, label in LIFECYCLE)
_LEAD_STATUS = (
    "NEW=New OPEN=Open IN_PROGRESS=In_Progress OPEN_DEAL=Open_Deal UNQUALIFIED=Unqualified "
    "ATTEMPTED_TO_CONTACT=Attempted_to_Contact CONNECTED=Connected BAD_TIMING=Bad_Timing"
)

COMMON: Final = """
hs_object_id number! Record ID
hs_createdate datetime! Object create date/time
hs_lastmodifieddate datetime! Object last modified date/time
hs_object_source text! Record source detail
hs_object_source_label openselect! Record source
hs_object_source_id text! Record source ID
hs_object_source_user_id number! Record source user ID
hs_merged_object_ids open! Merged record IDs
hs_created_by_user_id number! Created by user ID
hs_updated_by_user_id number! Updated by user ID
hs_read_only bool! Read only object
hs_unique_creation_key text! Unique creation key
hubspot_owner_id owner Owner
hubspot_owner_assigneddate datetime! Owner assigned date
hubspot_team_id openselect! HubSpot team
hs_all_owner_ids open! All owner IDs
"""

ACTIVITY: Final = """
hs_timestamp datetime Activity date
hs_attachment_ids open Attached file IDs
hs_body_preview text! Body preview
hs_activity_type openselect Call and meeting type
"""

CUSTOM: Final = """
hs_pipeline openselect Pipeline
hs_pipeline_stage openselect Pipeline stage
"""

CONTACTS: Final = f"""
[contactinformation Contact information]
email text Email
firstname text First Name
lastname text Last Name
salutation text Salutation
phone phone Phone Number
mobilephone phone Mobile Phone Number
fax phone Fax Number
company text Company Name
jobtitle text Job Title
website text Website URL
address text Street Address
city text City
state text State/Region
zip text Postal Code
country text Country/Region
industry text Industry
annualrevenue number Annual Revenue
numemployees number Number of Employees
date_of_birth text Date of birth
message area Message
notes area Notes
rating text Rating
leadsource text Lead Source
lifecyclestage radio Lifecycle Stage | {_STAGES}
hs_lead_status radio Lead Status | {_LEAD_STATUS}
hs_persona openselect Persona
hs_language openselect Preferred language
hs_timezone openselect Time Zone
hs_additional_emails open Additional email addresses
hs_email_domain text! Email Domain
hs_marketable_status enumbool! Marketing contact status | true=Marketing_contact false=Non-marketing_contact
associatedcompanyid number Primary Associated Company ID
createdate datetime! Create Date
lastmodifieddate datetime! Last Modified Date
num_associated_deals number= Number of Associated Deals
hs_lifecyclestage_subscriber_date datetime! Became a Subscriber Date
hs_lifecyclestage_lead_date datetime! Became a Lead Date
hs_lifecyclestage_marketingqualifiedlead_date datetime! Became a Marketing Qualified Lead Date
hs_lifecyclestage_salesqualifiedlead_date datetime! Became a Sales Qualified Lead Date
hs_lifecyclestage_opportunity_date datetime! Became an Opportunity Date
hs_lifecyclestage_customer_date datetime! Became a Customer Date
hs_lifecyclestage_evangelist_date datetime! Became an Evangelist Date
hs_lifecyclestage_other_date datetime! Became an Other Lifecycle Date
[emailinformation Email information]
hs_email_optout bool! Unsubscribed from all email
hs_email_delivered number! Marketing emails delivered
hs_email_open number! Marketing emails opened
hs_email_click number! Marketing emails clicked
hs_email_bounce number! Marketing emails bounced
hs_email_first_send_date datetime! First marketing email send date
hs_email_first_open_date datetime! First marketing email open date
hs_email_first_click_date datetime! First marketing email click date
hs_email_last_send_date datetime! Last marketing email send date
hs_email_last_open_date datetime! Last marketing email open date
hs_email_last_click_date datetime! Last marketing email click date
hs_email_last_reply_date datetime! Last marketing email reply date
hs_email_last_email_name text! Last marketing email name
[conversioninformation Conversion information]
num_conversion_events number! Number of Form Submissions
num_unique_conversion_events number! Number of Unique Forms Submitted
first_conversion_date datetime! First Conversion Date
first_conversion_event_name text! First Conversion
recent_conversion_date datetime! Recent Conversion Date
recent_conversion_event_name text! Recent Conversion
[sales_activity Sales activity]
hs_sales_email_last_opened datetime! Recent Sales Email Opened Date
hs_sales_email_last_clicked datetime! Recent Sales Email Clicked Date
hs_sales_email_last_replied datetime! Recent Sales Email Replied Date
hs_document_last_revisited datetime! Recent Document Revisit Date
hs_last_sales_activity_timestamp datetime! Last Engagement Date
hs_last_sales_activity_type select! Last Engagement Type | EMAIL_OPEN=Sales_email_open EMAIL_CLICK=Sales_email_click EMAIL_REPLY=Sales_email_reply MEETING_BOOKED=Meeting_booked CALL=Call DOCUMENT_VIEW=Document_view FORM_SUBMISSION=Form_submission
hs_latest_meeting_activity datetime! Latest meeting activity
engagements_last_meeting_booked datetime! Date of last meeting booked in meetings tool
notes_last_updated datetime! Last Activity Date
notes_last_contacted datetime! Last Contacted
notes_next_activity_date datetime! Next Activity Date
num_notes number! Number of Sales Activities
num_contacted_notes number! Number of times contacted
[salesforceinformation Salesforce information]
salesforceleadid text Salesforce Lead ID
salesforcecontactid text Salesforce Contact ID
salesforceaccountid text Salesforce Account ID
salesforceownerid text Salesforce Owner ID
salesforcecampaignids open Salesforce campaigns
salesforceopportunitystage text Salesforce Opportunity Stage
salesforcedeleted bool Salesforce Deleted
salesforcelastsynctime datetime! Salesforce last sync time
imported_from_salesforce bool Imported from Salesforce
"""

_INDUSTRIES: Final = """
ACCOUNTING AIRLINES_AVIATION ALTERNATIVE_DISPUTE_RESOLUTION ALTERNATIVE_MEDICINE ANIMATION APPAREL_FASHION
ARCHITECTURE_PLANNING ARTS_AND_CRAFTS AUTOMOTIVE AVIATION_AEROSPACE BANKING BIOTECHNOLOGY BROADCAST_MEDIA
BUILDING_MATERIALS BUSINESS_SUPPLIES_AND_EQUIPMENT CAPITAL_MARKETS CHEMICALS CIVIC_SOCIAL_ORGANIZATION
CIVIL_ENGINEERING COMMERCIAL_REAL_ESTATE COMPUTER_NETWORK_SECURITY COMPUTER_GAMES COMPUTER_HARDWARE
COMPUTER_NETWORKING COMPUTER_SOFTWARE INTERNET CONSTRUCTION CONSUMER_ELECTRONICS CONSUMER_GOODS CONSUMER_SERVICES
COSMETICS DAIRY DEFENSE_SPACE DESIGN EDUCATION_MANAGEMENT E_LEARNING ELECTRICAL_ELECTRONIC_MANUFACTURING
ENTERTAINMENT ENVIRONMENTAL_SERVICES EVENTS_SERVICES EXECUTIVE_OFFICE FACILITIES_SERVICES FARMING FINANCIAL_SERVICES
FINE_ART FISHERY FOOD_BEVERAGES FOOD_PRODUCTION FUND_RAISING FURNITURE GAMBLING_CASINOS GLASS_CERAMICS_CONCRETE
GOVERNMENT_ADMINISTRATION GOVERNMENT_RELATIONS GRAPHIC_DESIGN HEALTH_WELLNESS_AND_FITNESS HIGHER_EDUCATION
HOSPITAL_HEALTH_CARE HOSPITALITY HUMAN_RESOURCES IMPORT_AND_EXPORT INDIVIDUAL_FAMILY_SERVICES INDUSTRIAL_AUTOMATION
INFORMATION_SERVICES INFORMATION_TECHNOLOGY_AND_SERVICES INSURANCE INTERNATIONAL_AFFAIRS
INTERNATIONAL_TRADE_AND_DEVELOPMENT INVESTMENT_BANKING INVESTMENT_MANAGEMENT JUDICIARY LAW_ENFORCEMENT LAW_PRACTICE
LEGAL_SERVICES LEGISLATIVE_OFFICE LEISURE_TRAVEL_TOURISM LIBRARIES LOGISTICS_AND_SUPPLY_CHAIN LUXURY_GOODS_JEWELRY
MACHINERY MANAGEMENT_CONSULTING MARITIME MARKET_RESEARCH MARKETING_AND_ADVERTISING MECHANICAL_OR_INDUSTRIAL_ENGINEERING
MEDIA_PRODUCTION MEDICAL_DEVICES MEDICAL_PRACTICE MENTAL_HEALTH_CARE MILITARY MINING_METALS MOTION_PICTURES_AND_FILM
MUSEUMS_AND_INSTITUTIONS MUSIC NANOTECHNOLOGY NEWSPAPERS NON_PROFIT_ORGANIZATION_MANAGEMENT OIL_ENERGY ONLINE_MEDIA
OUTSOURCING_OFFSHORING PACKAGE_FREIGHT_DELIVERY PACKAGING_AND_CONTAINERS PAPER_FOREST_PRODUCTS PERFORMING_ARTS
PHARMACEUTICALS PHILANTHROPY PHOTOGRAPHY PLASTICS POLITICAL_ORGANIZATION PRIMARY_SECONDARY_EDUCATION PRINTING
PROFESSIONAL_TRAINING_COACHING PROGRAM_DEVELOPMENT PUBLIC_POLICY PUBLIC_RELATIONS_AND_COMMUNICATIONS PUBLIC_SAFETY
PUBLISHING RAILROAD_MANUFACTURE RANCHING REAL_ESTATE RECREATIONAL_FACILITIES_AND_SERVICES RELIGIOUS_INSTITUTIONS
RENEWABLES_ENVIRONMENT RESEARCH RESTAURANTS RETAIL SECURITY_AND_INVESTIGATIONS SEMICONDUCTORS SHIPBUILDING
SPORTING_GOODS SPORTS STAFFING_AND_RECRUITING SUPERMARKETS TELECOMMUNICATIONS TEXTILES THINK_TANKS TOBACCO
TRANSLATION_AND_LOCALIZATION TRANSPORTATION_TRUCKING_RAILROAD UTILITIES VENTURE_CAPITAL_PRIVATE_EQUITY VETERINARY
WAREHOUSING WHOLESALE WINE_AND_SPIRITS WIRELESS WRITING_AND_EDITING
"""

COMPANIES: Final = f"""
[companyinformation Company information]
name text Company name
domain text Company Domain Name
hs_additional_domains open Additional Domains
website text Website URL
phone phone Phone Number
industry select Industry | {" ".join(_INDUSTRIES.split())}
description area Description
about_us area About Us
address text Street Address
address2 text Street Address 2
city text City
state text State/Region
zip text Postal Code
country text Country/Region
numberofemployees number Number of Employees
annualrevenue number Annual Revenue
type select Type | PROSPECT=Prospect PARTNER=Partner RESELLER=Reseller VENDOR=Vendor OTHER=Other
lifecyclestage radio Lifecycle Stage | {_STAGES}
hs_lead_status radio Lead Status | {_LEAD_STATUS}
founded_year text Year Founded
is_public bool Is Public
timezone text Time Zone
hs_parent_company_id number! Parent Company
createdate datetime! Create Date
num_associated_contacts number= Number of Associated Contacts
num_associated_deals number= Number of Associated Deals
hs_lifecyclestage_lead_date datetime! Became a Lead Date
hs_lifecyclestage_marketingqualifiedlead_date datetime! Became a Marketing Qualified Lead Date
hs_lifecyclestage_salesqualifiedlead_date datetime! Became a Sales Qualified Lead Date
hs_lifecyclestage_subscriber_date datetime! Became a Subscriber Date
hs_lifecyclestage_opportunity_date datetime! Became an Opportunity Date
hs_lifecyclestage_customer_date datetime! Became a Customer Date
hs_lifecyclestage_evangelist_date datetime! Became an Evangelist Date
hs_lifecyclestage_other_date datetime! Became an Other Lifecycle Date
notes_last_updated datetime! Last Activity Date
notes_last_contacted datetime! Last Contacted
num_notes number! Number of Sales Activities
num_contacted_notes number! Number of times contacted
[salesforceinformation Salesforce information]
salesforceaccountid text Salesforce Account ID
salesforcedeleted bool Salesforce Deleted
salesforcelastsynctime datetime! Salesforce last sync time
"""

DEALS: Final = """
[dealinformation Deal information]
dealname text Deal Name
amount number Amount
dealstage openradio Deal Stage
pipeline openselect Pipeline
closedate datetime Close Date
dealtype radio Deal Type | newbusiness=New_Business existingbusiness=Existing_Business
description area Deal Description
deal_currency_code openselect Currency
hs_priority select Priority | low=Low medium=Medium high=High
closed_lost_reason area Closed Lost Reason
closed_won_reason area Closed Won Reason
hs_next_step text Next step
leadsource text Lead Source
amount_in_home_currency number= Amount in company currency
hs_deal_stage_probability number= Deal probability
hs_is_closed bool= Is Deal Closed?
hs_is_closed_won bool= Is Closed Won
hs_is_closed_lost bool= Is Closed Lost
hs_projected_amount number= Weighted amount
hs_closed_amount number= Closed Deal Amount
days_to_close number= Days to close
num_associated_contacts number= Number of Associated Contacts
createdate datetime! Create Date
notes_last_updated datetime! Last Activity Date
notes_last_contacted datetime! Last Contacted
num_notes number! Number of Sales Activities
num_contacted_notes number! Number of times contacted
[salesforceinformation Salesforce information]
hs_salesforceopportunityid text Salesforce Opportunity ID
salesforcelastsynctime datetime! Salesforce last sync time
"""

TICKETS: Final = """
[ticketinformation Ticket information]
subject text Ticket name
content area Ticket description
hs_pipeline openselect Pipeline
hs_pipeline_stage openselect Ticket status
hs_ticket_priority select Priority | LOW=Low MEDIUM=Medium HIGH=High URGENT=Urgent
hs_ticket_category select Category | PRODUCT_ISSUE=Product_Issue BILLING_ISSUE=Billing_Issue FEATURE_REQUEST=Feature_Request GENERAL_INQUIRY=General_Inquiry
hs_resolution checkbox Resolution | ISSUE_FIXED=Issue_fixed NEED_MORE_INFO=Need_more_info OTHER=Other
source_type select Source | CHAT=Chat EMAIL=Email FORM=Form PHONE=Phone
createdate datetime! Create date
closed_date datetime! Close date
notes_last_updated datetime! Last Activity Date
notes_last_contacted datetime! Last Contacted
num_notes number! Number of Sales Activities
num_contacted_notes number! Number of times contacted
[salesforceinformation Salesforce information]
salesforcecaseid text Salesforce Case ID
salesforcelastsynctime datetime! Salesforce last sync time
"""

NOTES: Final = """
[noteinformation Note information]
hs_note_body html Note body
"""

TASKS: Final = """
[taskinformation Task information]
hs_task_subject text Task Title
hs_task_body html Task Notes
hs_task_status select Task Status | NOT_STARTED=Not_started IN_PROGRESS=In_progress WAITING=Waiting COMPLETED=Completed DEFERRED=Deferred
hs_task_priority select Priority | NONE=None LOW=Low MEDIUM=Medium HIGH=High
hs_task_type select Task Type | TODO=To-do CALL=Call EMAIL=Email LINKED_IN=LinkedIn MEETING=Meeting
hs_task_reminders text Reminders
hs_task_completion_date datetime! Completed at
"""

CALLS: Final = """
[callinformation Call information]
hs_call_title text Call Title
hs_call_body html Call notes
hs_call_direction select Call direction | INBOUND=Inbound OUTBOUND=Outbound
hs_call_disposition select Call outcome | 9d9162e7-6cf3-4944-bf63-4dff82258764=Busy f240bbac-87c9-4f6e-bf70-924b57d47db7=Connected a4c4c377-d246-4b32-a13b-75a56a4cd0ff=Left_live_message b2cf5968-551e-4856-9783-52b3da59a7d0=Left_voicemail 73a0d17f-1163-4015-bdd5-ec830791da20=No_answer 17b47fee-58de-441e-a44c-c6300d46f273=Wrong_number
hs_call_status select Call status | BUSY CALLING_CRM_USER CANCELED COMPLETED CONNECTING FAILED IN_PROGRESS NO_ANSWER QUEUED RINGING
hs_call_duration number Call duration
hs_call_from_number text From number
hs_call_to_number text To Number
hs_call_recording_url text Recording URL
hs_call_callee_object_id number Callee object id
hs_call_callee_object_type openselect Callee object type
"""

MEETINGS: Final = """
[meetinginformation Meeting information]
hs_meeting_title text Meeting name
hs_meeting_body html Meeting description
hs_internal_meeting_notes html Internal meeting notes
hs_meeting_start_time datetime Meeting start time
hs_meeting_end_time datetime Meeting end time
hs_meeting_outcome select Meeting outcome | SCHEDULED=Scheduled COMPLETED=Completed RESCHEDULED=Rescheduled NO_SHOW=No_show CANCELED=Canceled
hs_meeting_location text Location
hs_meeting_external_url text External URL
"""

EMAILS: Final = """
[emailinformation Email information]
hs_email_subject text Email subject
hs_email_text area Email body
hs_email_html html Email HTML
hs_email_direction select Email direction | EMAIL=Outgoing_email INCOMING_EMAIL=Incoming_email FORWARDED_EMAIL=Forwarded_email DRAFT_EMAIL=Draft_email
hs_email_status select Email send status | BOUNCED=Bounced FAILED=Failed SCHEDULED=Scheduled SENDING=Sending SENT=Sent
hs_email_headers text Email headers
hs_email_from_email text! Email from address
hs_email_from_firstname text! Email from first name
hs_email_from_lastname text! Email from last name
hs_email_to_email text! Email to address
hs_email_to_firstname text! Email to first name
hs_email_to_lastname text! Email to last name
hs_email_open_count number! Number of email opens
hs_email_click_count number! Number of email clicks
hs_email_reply_count number! Number of email replies
hs_email_last_open_date datetime! Email last open date
hs_email_tracker_key text! Email tracker key
hs_email_thread_id text! Email thread ID
"""

COMMUNICATIONS: Final = """
[communicationinformation Communication information]
hs_communication_channel_type select Channel type | WHATS_APP=WhatsApp LINKEDIN_MESSAGE=LinkedIn SMS=SMS CUSTOM_CHANNEL_CONVERSATION=Conversation
hs_communication_logged_from select Logged from | CRM=CRM
hs_communication_body html Communication body
"""

POSTAL_MAIL: Final = """
[postalmailinformation Postal mail information]
hs_postal_mail_body html Postal mail body
"""

LEADS: Final = """
[leadinformation Lead information]
hs_lead_name text Lead Name
hs_lead_type select Lead Type | NEW_BUSINESS=New_business RE_ATTEMPTING=Re-attempting UPSELL=Upsell
hs_lead_label select Lead Label | HOT=Hot WARM=Warm COLD=Cold
hs_pipeline openselect Lead pipeline
hs_pipeline_stage openselect Lead stage
createdate datetime! Create Date
"""

LINE_ITEMS: Final = """
[lineiteminformation Line item information]
name text Name
description area Description
quantity number Quantity
price number Unit price
amount number= Net price
discount number Unit discount
hs_discount_percentage number Discount percentage
hs_product_id number Product ID
hs_sku text SKU
hs_line_item_currency_code openselect Currency
recurringbillingfrequency select Billing frequency | weekly biweekly monthly quarterly annually
createdate datetime! Create Date
"""

PRODUCTS: Final = """
[productinformation Product information]
name text Name
description area Description
price number Unit price
hs_cost_of_goods_sold number Unit cost
hs_sku text SKU
hs_url text URL
recurringbillingfrequency select Billing frequency | weekly biweekly monthly quarterly annually
createdate datetime! Create Date
"""

QUOTES: Final = """
[quoteinformation Quote information]
hs_title text Quote Title
hs_expiration_date date Expiration date
hs_status select Quote status | DRAFT=Draft APPROVAL_NOT_NEEDED=Published PENDING_APPROVAL=Pending_approval APPROVED=Approved REJECTED=Rejected
hs_quote_amount number= Quote amount
hs_currency openselect Currency
"""

USERS: Final = """
[userinformation User information]
hs_email text Email
hs_given_name text First name
hs_family_name text Last name
hs_job_title text Job title
hs_standard_time_zone openselect Time zone
hs_internal_user_id number! User ID
hs_deactivated bool! Deactivated
"""

TABLES: Final = {
    "contacts": CONTACTS,
    "companies": COMPANIES,
    "deals": DEALS,
    "tickets": TICKETS,
    "notes": NOTES,
    "tasks": TASKS,
    "calls": CALLS,
    "meetings": MEETINGS,
    "emails": EMAILS,
    "communications": COMMUNICATIONS,
    "postal_mail": POSTAL_MAIL,
    "leads": LEADS,
    "line_items": LINE_ITEMS,
    "products": PRODUCTS,
    "quotes": QUOTES,
    "users": USERS,
}


def standard_book(kind: ObjectType) -> PropertyBook:
    """The properties that a type has from the start."""
    book = PropertyBook()
    group = f"{kind.singular.replace('_', '')}information"
    fill_book(book, TABLES.get(kind.name, ""), group=group, label=f"{kind.labels[0] or kind.singular} information")
    first = next(iter(book.groups))
    fill_book(book, COMMON, group=first)
    if kind.is_activity:
        fill_book(book, ACTIVITY, group=first)
    if kind.custom:
        fill_book(book, CUSTOM, group=first)
    for name in dict.fromkeys((*kind.shown, *kind.searchable)):
        if name not in book.live and not kind.custom:
            book.add(Property(name=name, label=name.removeprefix("hs_").replace("_", " ").capitalize(), group=first))
    return book


def fill_book(book: PropertyBook, text: str, *, group: str = "", label: str = "") -> None:
    """Add what a table says. Lines before the first `[group]` go into `group`."""
    if group:
        book.groups.setdefault(group, PropertyGroup(name=group, label=label or group))
    for line in text.strip().splitlines():
        if line.startswith("["):
            group, _, label = line[1:-1].partition(" ")
            book.groups.setdefault(group, PropertyGroup(name=group, label=label))
        else:
            book.add(parse_line(line, group))


def parse_line(line: str, group: str) -> Property:
    """One property of the notation."""
    head, _, choices = line.partition(" | ")
    name, kind, label = head.split(" ", 2)
    marks = kind[len(kind.rstrip("!=*")) :]
    kind = kind.rstrip("!=*")
    type_, field_type = KINDS[kind]
    options = [parse_option(word, order) for order, word in enumerate(choices.split())]
    if type_ == "bool":
        options = [Option(value="true", label="True", order=0), Option(value="false", label="False", order=1)]
    return Property(
        name=name,
        label=label,
        type=type_,
        field_type=field_type,
        group=group,
        options=options,
        read_only=bool(marks.strip("*")),
        calculated="=" in marks,
        unique="*" in marks,
        external=kind in OPEN_KINDS,
        references="OWNER" if kind == "owner" else None,
        form_field=not marks,
    )


def parse_option(word: str, order: int) -> Option:
    value, _, label = word.partition("=")
    return Option(value=value, label=label.replace("_", " ") or value.replace("_", " ").capitalize(), order=order)
