"""The catalogue of causes: everything that can be wrong with a record or a side, each with its kind and who mends it.

Ids are public and stable; a cause that is no longer used keeps its line. The vendors' own codes are translated to these
ids in `connectors/<vendor>/errors.py`, and the sentences for them (what it means, how to mend it) stand in `words/`.
The vendors' codes and the sentences do not belong here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pasodoble.model.cause import Category, Cause, Disposition, Fixer

CATALOGUE_VERSION: Final = 1
"""Moves when a cause is added or changes category, disposition or fixer."""

_ASSOCIATIONS, _CODE, _DUPLICATES = Category.ASSOCIATIONS, Category.CUSTOM_CODE, Category.DUPLICATES
_PERMISSIONS, _PICKLISTS, _MAPPINGS = Category.PERMISSIONS, Category.PICKLISTS, Category.PROPERTY_MAPPINGS
_VALUES, _OTHER, _UNKNOWN, _SUSPENSION = Category.PROPERTY_VALUES, Category.OTHER, Category.UNKNOWN, Category.SUSPENSION
_RETRY, _REPLAN, _PAUSE, _STOP = Disposition.RETRY, Disposition.REPLAN, Disposition.PAUSE_SIDE, Disposition.STOP
_FIELD, _RECORD = Disposition.SKIP_FIELD, Disposition.SKIP_RECORD
_HUBSPOT, _SALESFORCE, _OPERATOR, _NOBODY = Fixer.HUBSPOT_ADMIN, Fixer.SALESFORCE_ADMIN, Fixer.OPERATOR, Fixer.NOBODY

_ROWS: Final[tuple[tuple[str, Category, Disposition, Fixer], ...]] = (
    # Associations (E-01): ties between records.
    ("association.limit_reached", _ASSOCIATIONS, _FIELD, _HUBSPOT),
    ("association.waiting_for_other", _ASSOCIATIONS, _RETRY, _NOBODY),  # the other record is not synced yet
    ("association.reference_missing", _ASSOCIATIONS, _REPLAN, _NOBODY),  # points at a record that is not there
    ("association.wrong_type", _ASSOCIATIONS, _FIELD, _SALESFORCE),  # points at a record of another object
    ("association.dependent_records", _ASSOCIATIONS, _RECORD, _SALESFORCE),  # cannot be deleted: others hang on it
    # Custom code (E-02): Salesforce's own automation says no.
    ("salesforce.validation_rule", _CODE, _RECORD, _SALESFORCE),
    ("salesforce.trigger", _CODE, _RECORD, _SALESFORCE),
    ("salesforce.flow", _CODE, _RECORD, _SALESFORCE),
    ("salesforce.automation_busy", _CODE, _RETRY, _NOBODY),  # a lock or limit inside that automation
    # Duplicates (E-03).
    ("duplicate.email_in_use", _DUPLICATES, _FIELD, _HUBSPOT),
    ("duplicate.salesforce_rule", _DUPLICATES, _RECORD, _SALESFORCE),
    ("duplicate.value", _DUPLICATES, _FIELD, _OPERATOR),  # another record holds the value of a unique field
    ("duplicate.external_id", _DUPLICATES, _RECORD, _SALESFORCE),  # the external id names more than one record
    ("duplicate.ambiguous_match", _DUPLICATES, _RECORD, _OPERATOR),  # two candidates: a person pairs (C-02)
    ("duplicate.already_paired", _DUPLICATES, _RECORD, _OPERATOR),  # the only candidate belongs to another pair
    (
        "duplicate.merged_twin",
        _DUPLICATES,
        _RECORD,
        _OPERATOR,
    ),  # merged into a record that has its own partner
    # Permissions (E-04).
    ("permission.object", _PERMISSIONS, _RECORD, _SALESFORCE),
    ("permission.record", _PERMISSIONS, _RECORD, _SALESFORCE),
    ("permission.field", _PERMISSIONS, _FIELD, _SALESFORCE),
    ("permission.reference", _PERMISSIONS, _FIELD, _SALESFORCE),  # the record pointed at is out of reach
    ("permission.scope", _PERMISSIONS, _RECORD, _HUBSPOT),  # the app was not granted what this call needs
    ("permission.user_type", _PERMISSIONS, _RECORD, _SALESFORCE),
    ("permission.marketing_user", _PERMISSIONS, _RECORD, _SALESFORCE),  # campaigns need the Marketing User right
    ("permission.unseen", _PERMISSIONS, _RECORD, _SALESFORCE),  # not found, and nothing proves a deletion (Z-11)
    # Picklists (E-05).
    ("picklist.value_missing", _PICKLISTS, _FIELD, _OPERATOR),
    ("picklist.state_or_country", _PICKLISTS, _FIELD, _HUBSPOT),  # not in Salesforce's list of places (MV-10)
    ("picklist.status", _PICKLISTS, _FIELD, _SALESFORCE),  # a status that this record type or process lacks
    # Property mappings (E-06).
    ("mapping.field_missing", _MAPPINGS, _FIELD, _OPERATOR),
    ("mapping.object_missing", _MAPPINGS, _RECORD, _OPERATOR),
    ("mapping.type_mismatch", _MAPPINGS, _FIELD, _OPERATOR),
    ("mapping.read_only", _MAPPINGS, _FIELD, _OPERATOR),
    ("mapping.schema_changed", _MAPPINGS, _FIELD, _OPERATOR),  # field, option or right changed under the mapping
    # Property values (E-07).
    ("value.too_long", _VALUES, _FIELD, _OPERATOR),
    ("value.invalid_email", _VALUES, _FIELD, _OPERATOR),
    ("value.invalid_number", _VALUES, _FIELD, _OPERATOR),
    ("value.out_of_range", _VALUES, _FIELD, _OPERATOR),
    ("value.invalid_date", _VALUES, _FIELD, _OPERATOR),
    ("value.malformed_id", _VALUES, _FIELD, _OPERATOR),
    ("value.required_missing", _VALUES, _RECORD, _OPERATOR),
    ("value.wrong_type", _VALUES, _FIELD, _OPERATOR),
    ("value.unreadable", _VALUES, _FIELD, _OPERATOR),  # our converter cannot make sense of what the side holds
    ("value.invalid", _VALUES, _FIELD, _OPERATOR),  # refused for any other reason of its own
    ("owner.unresolved", _VALUES, _FIELD, _OPERATOR),  # nobody on the other side matches (O-03)
    ("owner.inactive", _VALUES, _FIELD, _SALESFORCE),
    # Other (E-08): known, and in none of the above.
    ("record.converted_lead", _OTHER, _REPLAN, _OPERATOR),  # C-11
    ("record.merged", _OTHER, _REPLAN, _NOBODY),
    ("record.deleted", _OTHER, _REPLAN, _NOBODY),
    ("record.changed_meanwhile", _OTHER, _REPLAN, _NOBODY),
    ("record.locked", _OTHER, _RETRY, _NOBODY),
    ("record.keeps_changing", _OTHER, _FIELD, _OPERATOR),  # two automations fight over a field: it is left alone
    ("conflict.both_changed", _OTHER, _FIELD, _OPERATOR),
    ("limit.rate", _OTHER, _RETRY, _NOBODY),
    ("request.timeout", _OTHER, _RETRY, _NOBODY),
    ("request.no_answer", _OTHER, _RETRY, _NOBODY),  # may or may not have been done: look first
    ("request.batch_rolled_back", _OTHER, _RETRY, _NOBODY),  # refused for a neighbour's sake
    ("request.refused", _OTHER, _RECORD, _OPERATOR),  # the vendor cannot read what we sent: a bug or a changed contract
    ("service.unavailable", _OTHER, _RETRY, _NOBODY),
    ("service.migrating", _OTHER, _RETRY, _NOBODY),
    # Unknown (E-09).
    ("unknown", _UNKNOWN, _RETRY, _OPERATOR),
    # Suspension (E-30 to E-35): a whole side, not one record.
    ("suspension.quota", _SUSPENSION, _PAUSE, _NOBODY),  # the vendor's own daily limit, used up by anyone
    ("suspension.allotment", _SUSPENSION, _PAUSE, _OPERATOR),  # the calls that the settings allow
    ("suspension.api_disabled", _SUSPENSION, _PAUSE, _SALESFORCE),
    ("suspension.permissions", _SUSPENSION, _PAUSE, _SALESFORCE),
    ("suspension.sign_in", _SUSPENSION, _PAUSE, _OPERATOR),
    ("suspension.storage_full", _SUSPENSION, _PAUSE, _SALESFORCE),
    ("suspension.org_locked", _SUSPENSION, _PAUSE, _SALESFORCE),
    ("suspension.outage", _SUSPENSION, _PAUSE, _NOBODY),
    ("suspension.mapping_missing", _SUSPENSION, _PAUSE, _OPERATOR),
    ("suspension.unknown", _SUSPENSION, _PAUSE, _OPERATOR),
    ("suspension.other_account", _SUSPENSION, _STOP, _OPERATOR),  # signed in to another portal or org than before
)

CAUSES: Final[Mapping[str, Cause]] = MappingProxyType(
    {id: Cause(id=id, category=category, disposition=what, fixer=who) for id, category, what, who in _ROWS}
)
"""All causes by id, in the order in which they are shown."""


def get_cause(id: str) -> Cause:
    """The cause of that id; an id from a newer version of the catalogue is `unknown`."""
    return CAUSES.get(id, CAUSES["unknown"])
