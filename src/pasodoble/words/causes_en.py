"""Every cause in English: its title, what it means, how to mend it."""

from __future__ import annotations

CAUSES: dict[str, tuple[str, str, str]] = {
    "association.limit_reached": (
        "Too many associations",
        "HubSpot allows only so many associations of this type on one record, and this record has them all.",
        "Remove associations that are no longer needed from the HubSpot record, then retry.",
    ),
    "association.waiting_for_other": (
        "Waiting for the other record",
        "This record refers to one that has not been synced yet. It is tried again as soon as that one arrives.",
        "Nothing to do. If it stays, look at the record it waits for.",
    ),
    "association.reference_missing": (
        "It points at a record that is not there",
        "A lookup field names a record that was deleted or never existed on the other side.",
        "Nothing to do: the record is read again. If it returns, correct the lookup in Salesforce.",
    ),
    "association.wrong_type": (
        "It points at a record of the wrong kind",
        "A lookup field received the id of a record of another object.",
        "Check in the mapping which object this lookup takes.",
    ),
    "association.dependent_records": (
        "Other records depend on it",
        "Salesforce does not delete a record that others hang on.",
        "Delete or move the dependent records in Salesforce, or leave the record where it is.",
    ),
    "salesforce.validation_rule": (
        "A Salesforce validation rule says no",
        "A rule that your Salesforce administrator wrote refuses the record as it would be. Its own text is below.",
        "Make the values satisfy the rule, or let the rule spare the integration user; then retry.",
    ),
    "salesforce.trigger": (
        "A Salesforce trigger failed",
        "Apex code in your Salesforce organization stopped the write.",
        "Show the text below to your Salesforce administrator; retry once it is mended.",
    ),
    "salesforce.flow": (
        "A Salesforce flow failed",
        "A flow or process in your Salesforce organization stopped the write.",
        "Open the flow's error report in Salesforce, mend it, then retry.",
    ),
    "salesforce.automation_busy": (
        "Salesforce automation was busy",
        "A lock or a limit inside Salesforce's own automation stopped the write this time.",
        "Nothing to do: it is tried again.",
    ),
    "duplicate.email_in_use": (
        "The email address is in use",
        "Another HubSpot contact already has this address, as its main or as a further one.",
        "Merge the two contacts in HubSpot, or give one of them another address.",
    ),
    "duplicate.salesforce_rule": (
        "A Salesforce duplicate rule says no",
        "Salesforce takes the record for a duplicate of one that it has.",
        "Merge the duplicates in Salesforce, or let the rule allow the integration user.",
    ),
    "duplicate.value": (
        "A unique value is taken",
        "Another record already holds this value in a field where values must be unique.",
        "Find the other record by the id below and correct one of the two.",
    ),
    "duplicate.external_id": (
        "An external id names several records",
        "More than one Salesforce record has the same external id, so none can be chosen.",
        "Clear the external id on all but one of them.",
    ),
    "duplicate.ambiguous_match": (
        "Two records match: which one is it?",
        "More than one record on the other side could be this one. Pasodoble never guesses.",
        "Pair the right one by hand, or merge the candidates.",
    ),
    "duplicate.already_paired": (
        "The match already has a partner",
        "The only record that matches is kept in step with another one.",
        "Merge the duplicates on this side, or pair them differently.",
    ),
    "duplicate.merged_twin": (
        "Merged into a record with its own partner",
        "This record was merged into one that is already kept in step with something else.",
        "Merge the two records on the other side as well, or leave them apart.",
    ),
    "permission.object": (
        "No access to the object",
        "The integration user may not read, create or edit this object.",
        "Grant the object permission in Salesforce, then retry.",
    ),
    "permission.record": (
        "No access to the record",
        "The integration user may not edit this record, or the record is no longer there.",
        "Share the record with the integration user, then retry.",
    ),
    "permission.field": (
        "No access to a field",
        "Field-level security hides the field from the integration user, or makes it read-only.",
        "Make the field editable for the integration user's profile, or change the mapping's rule.",
    ),
    "permission.reference": (
        "No access to the record it points at",
        "The integration user may not use the record that a lookup field names.",
        "Share that record with the integration user.",
    ),
    "permission.scope": (
        "The HubSpot app lacks a scope",
        "The key or app was not granted what this call needs.",
        "Add the scope named below to the service key or app, then run pasodoble check.",
    ),
    "permission.user_type": (
        "The wrong kind of Salesforce user",
        "The integration user's licence does not allow this.",
        "Give the integration user a licence that does.",
    ),
    "permission.marketing_user": (
        "Marketing User right missing",
        "Campaigns can only be changed by users who have the Marketing User right.",
        "Tick Marketing User on the integration user in Salesforce.",
    ),
    "permission.unseen": (
        "The record is out of sight",
        "It was not found, and nothing proves that it was deleted: sharing may hide it. Nothing is deleted for this.",
        "Let the integration user see the record, or unlink the pair.",
    ),
    "picklist.value_missing": (
        "A value is not among the options",
        "The other side's list of options lacks this value.",
        "Add the option on the other side, or pair the two values in the mapping.",
    ),
    "picklist.state_or_country": (
        "State or country is not in Salesforce's list",
        "Salesforce takes states and countries from its own list, and a state only together with its country.",
        "Turn the HubSpot properties into drop-downs with Salesforce's options, or correct the value.",
    ),
    "picklist.status": (
        "A status that does not exist here",
        "The status is not part of this record type's process.",
        "Add the status to the process in Salesforce, or pair the values in the mapping.",
    ),
    "mapping.field_missing": (
        "A mapped field is not there",
        "The mapping names a field that does not exist, or that the signed-in user may not see.",
        "Run pasodoble check; correct the mapping or show the field to the user.",
    ),
    "mapping.object_missing": (
        "A mapped object is not there",
        "The mapping names an object that does not exist, or that the signed-in user may not see.",
        "Run pasodoble check; correct the mapping or grant access.",
    ),
    "mapping.type_mismatch": (
        "The two fields do not fit",
        "Values of one field cannot be carried into the other.",
        "Map the property to a field of a fitting type.",
    ),
    "mapping.read_only": (
        "The field cannot be written",
        "It is calculated, or set by the system.",
        "Let the rule make the other side follow, or map another field.",
    ),
    "mapping.schema_changed": (
        "A field changed under the mapping",
        "A field, an option or a right is not what it was when the mapping was made. Only this field is held.",
        "Look at the change with pasodoble check, then confirm the mapping.",
    ),
    "value.too_long": (
        "The text is too long",
        "The value has more characters than the other side's field takes. It is not cut.",
        "Shorten the value, or lengthen the field.",
    ),
    "value.invalid_email": (
        "Not an email address",
        "The other side does not take this as an email address.",
        "Correct the address.",
    ),
    "value.invalid_number": (
        "Not a number",
        "The other side's field takes numbers, and this is none.",
        "Correct the value.",
    ),
    "value.out_of_range": (
        "The number is out of range",
        "The other side's field is too small for this number.",
        "Correct the number, or widen the field.",
    ),
    "value.invalid_date": ("Not a date", "The other side does not take this as a date.", "Correct the date."),
    "value.malformed_id": ("Not an id", "A lookup field received something that is no id.", "Correct the lookup."),
    "value.required_missing": (
        "A required field is blank",
        "Salesforce will not save the record without this field.",
        "Fill the property in HubSpot, or set a placeholder in the settings.",
    ),
    "value.wrong_type": (
        "A value of the wrong type",
        "The other side cannot read this value in this field.",
        "Correct the value, or map the property to a fitting field.",
    ),
    "value.unreadable": (
        "A value that cannot be read",
        "The value does not have the form that its type promises.",
        "Correct the value where it is kept.",
    ),
    "value.invalid": (
        "The value is refused",
        "The other side refuses this value. Its own text is below.",
        "Correct the value.",
    ),
    "owner.unresolved": (
        "The owner is unknown on the other side",
        "No active user of the other side has the owner's email address.",
        "Create or activate that user, or choose another owner.",
    ),
    "owner.inactive": (
        "The owner is inactive",
        "Salesforce does not give records to an inactive user.",
        "Activate the user, or choose another owner.",
    ),
    "record.converted_lead": (
        "The lead was converted",
        "A converted lead cannot be edited. The pair moves on to the contact that it became.",
        "Nothing to do, if contacts are synced.",
    ),
    "record.merged": (
        "The record was merged",
        "It lives on in another record, and the pair follows it.",
        "Nothing to do.",
    ),
    "record.deleted": (
        "The record was deleted",
        "It was deleted while we were writing. What the settings say about deletions is done next.",
        "Nothing to do.",
    ),
    "record.changed_meanwhile": (
        "It was edited at the same moment",
        "Somebody changed the record between our reading and our writing. It is read again.",
        "Nothing to do.",
    ),
    "record.locked": ("The record was locked", "Another process held the record.", "Nothing to do: it is tried again."),
    "record.keeps_changing": (
        "A field keeps changing back",
        "Two automations fight over this field, so it is left alone.",
        "Find what writes the field on both sides, stop one of them, then retry.",
    ),
    "conflict.both_changed": (
        "Both sides were edited",
        "The field was changed on both sides since they last agreed.",
        "Choose the value that is right.",
    ),
    "limit.rate": ("Asked too fast", "The service asked us to slow down.", "Nothing to do: it is tried again."),
    "request.timeout": ("No answer in time", "The service took too long.", "Nothing to do: it is tried again."),
    "request.no_answer": (
        "The answer was lost",
        "It may or may not have been done. We look before trying again.",
        "Nothing to do.",
    ),
    "request.batch_rolled_back": (
        "Held back for a neighbour's sake",
        "Another record of the same request was refused, and this one with it.",
        "Nothing to do: it is tried again.",
    ),
    "request.refused": (
        "The request was not understood",
        "The service did not understand what we sent: a fault of ours, or the service changed.",
        "Send the technical detail below with pasodoble doctor bundle.",
    ),
    "service.unavailable": (
        "The service is down",
        "The service cannot answer just now.",
        "Nothing to do: it is tried again.",
    ),
    "service.migrating": (
        "HubSpot is moving the account",
        "The account is being moved between data centres; this can take up to a day.",
        "Nothing to do: it is tried again.",
    ),
    "unknown": (
        "Unknown error",
        "The service gave an answer that we do not know. Its own text is below.",
        "Retry; if it stays, send the technical detail.",
    ),
    "suspension.quota": (
        "The API quota is used up",
        "All calls of the last 24 hours, by all programs, have reached the vendor's limit.",
        "Nothing to do: it resumes by itself. pasodoble limits shows when.",
    ),
    "suspension.allotment": (
        "The calls you allot are used up",
        "Pasodoble has made as many calls as the settings allow.",
        "Wait, or raise the limit in the settings.",
    ),
    "suspension.api_disabled": (
        "API access is off",
        "The integration user's profile lacks API Enabled, or the edition has no API.",
        "Tick API Enabled on the profile.",
    ),
    "suspension.permissions": (
        "Object permissions are missing",
        "The integration user may not read or edit the objects that are to be synced.",
        "Assign the permission set, then run pasodoble check.",
    ),
    "suspension.sign_in": (
        "The sign-in no longer holds",
        "The token was revoked, or has expired for good.",
        "Sign in again: pasodoble connect.",
    ),
    "suspension.storage_full": (
        "Salesforce is full",
        "The organization has no data storage left.",
        "Free some, or buy more.",
    ),
    "suspension.org_locked": (
        "The organization is locked",
        "Salesforce has locked the organization.",
        "Ask Salesforce.",
    ),
    "suspension.outage": (
        "The service is out of order",
        "The vendor reports an outage.",
        "Nothing to do: it resumes by itself.",
    ),
    "suspension.mapping_missing": (
        "No mapping to work with",
        "An object is on, and none of its mapping can be used.",
        "Run pasodoble mapping lint.",
    ),
    "suspension.unknown": (
        "Suspended",
        "The side was suspended for an unknown reason.",
        "Retry, then look at the detail.",
    ),
    "suspension.other_account": (
        "This is another account",
        "The sign-in leads to another account or organization than before. Nothing is written until a person has looked.",
        "Restore the former sign-in, or start a new connection in the settings.",
    ),
}
