"""The one way records are written: insert, update, delete, undelete, upsert, with all that the org enforces.

What follows from a write in other fields and records is `effects`; merging and lead conversion have rooms of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pasodoble.simulators.salesforce.addresses import check_addresses
from pasodoble.simulators.salesforce.duplicates import check_duplicates
from pasodoble.simulators.salesforce.effects import AFTER, BEFORE, refresh_rollups
from pasodoble.simulators.salesforce.errors import Refusal, Wrong, WrongShape, refusal
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.org import Org, Transaction
from pasodoble.simulators.salesforce.ownership import assign_owner, check_owner
from pasodoble.simulators.salesforce.recordtypes import settle_record_type
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.values import ValueReader, make_value_reader, required_missing
from pasodoble.simulators.salesforce.view import View

NOT_WRITABLE = (
    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)
AUDIT_FIELDS = frozenset(("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """What the headers of a call ask for.

    record_details  whether a duplicate rule's answer tells the whole records it found.
    auto_assign   an assignment rule's id, or whether active rules run.
    version       of the API, for addresses in an answer.
    """

    allow_save: bool = False
    record_details: bool = False
    auto_assign: bool | str = True
    hard_delete: bool = False
    version: str = "66.0"


@dataclass(slots=True)
class WritePlan:
    """How one user writes one object, worked out once: field name -> (stored name, reader)."""

    create: dict[str, tuple[str, ValueReader]] = field(default_factory=dict)
    update: dict[str, tuple[str, ValueReader]] = field(default_factory=dict)
    required: tuple[Field, ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    uniques: tuple[Field, ...] = ()
    auto_numbers: tuple[Field, ...] = ()
    owned: bool = False


def plan_of(view: View, sobject: Sobject) -> WritePlan:
    plan: WritePlan | None = view.kept.get(("plan", sobject.name))
    if plan is None:
        plan = view.kept["plan", sobject.name] = _make_plan(view, sobject)
    return plan


def _make_plan(view: View, sobject: Sobject) -> WritePlan:
    plan = WritePlan()
    locked = view.access(sobject).locked
    audit = AUDIT_FIELDS if view.org.settings.set_audit_fields else frozenset()
    for item in view.fields(sobject):
        entry = (item.name, make_value_reader(item, view))
        if item.name in locked:
            continue
        if item.createable or item.name in audit:
            plan.create[item.name] = entry
        if item.updateable:
            plan.update[item.name] = entry
    fields = sobject.fields.values()
    plan.required = tuple(f for f in fields if _is_required(f))
    plan.defaults = tuple((f.name, _default(f)) for f in fields if _default(f) not in (None, False))
    plan.uniques = tuple(f for f in fields if f.unique)
    plan.auto_numbers = tuple(f for f in fields if f.auto_number)
    plan.owned = "OwnerId" in sobject.fields
    return plan


def _is_required(item: Field) -> bool:
    """Whether a stored row must have it; what the system fills in by itself is not asked of the caller."""
    if item.nillable or item.type == "boolean" or not (item.createable or item.updateable):
        return False
    return not item.defaulted_on_create or _default(item) is not None


def _default(item: Field) -> Any:
    return item.default if item.default is not None else item.default_choice


class Writer:
    """Writes of one user in one transaction. Every method raises Refusal and then has changed nothing of its own."""

    def __init__(self, work: Transaction, view: View, options: WriteOptions | None = None) -> None:
        self.org: Org = work.org
        self.work = work
        self.view = view
        self.options = options or WriteOptions()

    def as_system(self) -> Writer:
        """The same user's writer past permissions and field security; the org's rules still hold."""
        return Writer(self.work, self.org.view(self.view.user_id, unlimited=True), self.options)

    # Insert and update

    def insert(self, sobject: Sobject, given: Mapping[str, Any]) -> str:
        """Create a record; gives its id. Raises Refusal, WrongShape."""
        if not sobject.having("createable") or not self.view.access(sobject).create:
            raise refusal(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {sobject.label}", []
            )
        plan = plan_of(self.view, sobject)
        changes = self._read(sobject, given, plan.create)
        row: Row = {"Id": self.org.next_id(sobject.name)}
        for name, value in plan.defaults:
            row[name] = value
        for name, value in changes.items():
            if value is not None and value is not False:
                row[name] = value
            elif value is False:
                row.pop(name, None)
        for item in plan.auto_numbers:
            row[item.name] = item.auto_number_format.format(self.org.count_up(f"{sobject.name}.{item.name}"))
        if plan.owned and "OwnerId" not in row:
            row["OwnerId"] = self.view.user_id
        now = self.org.now()
        user = self.view.user_id
        row.setdefault("CreatedDate", now)
        row.setdefault("CreatedById", user)
        row.setdefault("LastModifiedDate", now)
        row.setdefault("LastModifiedById", user)
        row["SystemModstamp"] = now
        return self._save(sobject, plan, row, None, changes)

    def update(self, sobject: Sobject, record_id: str, given: Mapping[str, Any]) -> None:
        """Change a record. Raises Refusal, WrongShape."""
        before = self.existing(sobject, record_id)
        if not sobject.having("updateable") or not self.view.access(sobject).edit:
            raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
        if before.get("IsConverted") and sobject.name == "Lead":
            raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
        plan = plan_of(self.view, sobject)
        changes = self._read(sobject, given, plan.update)
        row = apply_changes(before, changes)
        now = self.org.now()
        row["LastModifiedDate"] = row["SystemModstamp"] = now
        row["LastModifiedById"] = self.view.user_id
        self._save(sobject, plan, row, before, changes)

    def existing(self, sobject: Sobject, record_id: str) -> Row:
        """The live record to write to, as it is now even where others still see it as it was.

        Raises Refusal: unknown, in the bin, or locked by somebody else.
        """
        row = self.org.tables[sobject.name].get(full_id(record_id) or "")
        if row is None or not self.view.sees(row):
            raise refusal("NOT_FOUND", "The requested resource does not exist", None)
        if row.get("IsDeleted"):
            raise refusal("ENTITY_IS_DELETED", "entity is deleted", [])
        self.check_lock(row["Id"])
        return row

    def check_lock(self, record_id: str) -> None:
        if record_id in self.org.settings.locked_records:
            message = f"unable to obtain exclusive access to this record or 1 records: {record_id[:15]}"
            raise refusal("UNABLE_TO_LOCK_ROW", message, [])

    def _read(
        self, sobject: Sobject, given: Mapping[str, Any], writable: Mapping[str, tuple[str, ValueReader]]
    ) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        wrongs: list[Wrong] = []
        refused: list[str] = []
        for name, value in given.items():
            entry = writable.get(name)
            try:
                if entry is not None:
                    changes[entry[0]] = entry[1](value)
                elif name != "attributes":
                    self._read_odd(sobject, name, value, writable, changes, refused)
            except Refusal as error:
                wrongs.extend(error.wrongs)
        if refused:
            wrongs.append(Wrong("INVALID_FIELD_FOR_INSERT_UPDATE", NOT_WRITABLE.format(", ".join(refused)), refused))
        if wrongs:
            raise Refusal(wrongs)
        return changes

    def _read_odd(
        self,
        sobject: Sobject,
        name: str,
        value: Any,
        writable: Mapping[str, tuple[str, ValueReader]],
        changes: dict[str, Any],
        refused: list[str],
    ) -> None:
        """A name that is no writable field as spelled: another case, a relationship, read-only, or unknown."""
        item = self.view.find_field(sobject, name)
        if item is not None and item.name in writable:
            changes[item.name] = writable[item.name][1](value)
            return
        if item is not None:
            refused.append(item.name)
            return
        parent = sobject.find_parent(name)
        if parent is None or not isinstance(value, Mapping | None):
            raise refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}", [])
        if parent.name not in writable:
            refused.append(parent.name)
        else:
            changes[parent.name] = None if value is None else self.find_by_key(parent, value)

    def find_by_key(self, parent: Field, key: Mapping[str, Any]) -> str:
        """The id of the record that `{"Ext__c": value}` names on the other side of a relationship."""
        given = {name: value for name, value in key.items() if name != "attributes"}
        attributes = key.get("attributes")
        named = attributes.get("type") if isinstance(attributes, Mapping) else None
        target = self.view.find_sobject(str(named or (parent.refers_to[0] if parent.refers_to else "")))
        if len(given) != 1 or target is None or target.name not in parent.refers_to:
            raise refusal(
                "INVALID_FIELD", f"The {parent.relationship} relationship takes one external id field and its value", []
            )
        (name, value), *_ = given.items()
        item = self.view.find_field(target, name)
        if item is None or not (item.external_id or item.id_lookup):
            raise refusal(
                "INVALID_FIELD",
                f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field for "
                f"{target.name}",
                [],
            )
        if isinstance(value, Mapping | list):
            raise WrongShape(name, "string", value)
        rows = list(self.view.find(target, item, [value]) or ())
        if len(rows) == 1:
            return str(rows[0]["Id"])
        if rows:
            listed = ", ".join(row["Id"][:15] for row in rows)
            raise refusal("DUPLICATE_EXTERNAL_ID", f"More than one record found for external id field: [{listed}]", [])
        shown = str(value).lower() if not item.case_sensitive else value
        raise refusal(
            "INVALID_FIELD",
            f"Foreign key external ID: {shown} not found for field {item.name} in entity {target.name}",
            [],
        )

    def _save(self, sobject: Sobject, plan: WritePlan, row: Row, before: Row | None, changes: Mapping[str, Any]) -> str:
        """Derive, check, store, and bring about what follows."""
        mark = self.work.mark()
        settings = self.org.settings
        try:
            assign_owner(self, sobject, row, before, changes)
            if len(sobject.record_types) > 1:
                settle_record_type(sobject, row, before)
            derive = BEFORE.get(sobject.name)
            if derive is not None:
                derive(self, row, before, changes)
            self._check(sobject, plan, row, before)
            if settings.address_choices:
                check_addresses(sobject, row, before, settings.address_choices)
            if settings.validation_rules.get(sobject.name):
                self._check_validation_rules(sobject, row, before)
            if settings.duplicate_rules.get(sobject.name):
                check_duplicates(self, sobject, row, before)
            self.work.put("CREATE" if before is None else "UPDATE", self.org.tables[sobject.name], row)
            follow = AFTER.get(sobject.name)
            if follow is not None:
                follow(self, row, before)
            if self.org.rollups:
                refresh_rollups(self, sobject, row, before)
        except Refusal:
            self.work.rollback(mark)
            raise
        record_id: str = row["Id"]
        return record_id

    def _check(self, sobject: Sobject, plan: WritePlan, row: Row, before: Row | None) -> None:
        missing = [f.name for f in plan.required if f.name not in row]
        if missing:
            raise Refusal((required_missing(missing),))
        if plan.owned:
            check_owner(self, sobject, row, before)
        for item in plan.uniques:
            value = row.get(item.name)
            if value is not None and (before is None or before.get(item.name) != value):
                self._check_unique(sobject, item, value, row["Id"])

    def _check_unique(self, sobject: Sobject, item: Field, value: Any, record_id: str) -> None:
        for other in self.org.tables[sobject.name].find(item, (value,)):
            if other["Id"] != record_id and not other.get("IsDeleted"):
                message = f"duplicate value found: {item.name} duplicates value on record with id: {other['Id'][:15]}"
                raise refusal("DUPLICATE_VALUE", message, [])

    def _check_validation_rules(self, sobject: Sobject, row: Row, before: Row | None) -> None:
        """The first failing rule of each field is told, as of those without a field."""
        failed: dict[str | None, Wrong] = {}
        for rule in self.org.settings.validation_rules[sobject.name]:
            if rule.active and rule.field not in failed and self.condition(sobject, rule.formula)(row, before):
                fields = [rule.field] if rule.field else []
                failed[rule.field] = Wrong(rule.code, rule.message, fields)
        if failed:
            raise Refusal(failed.values())

    def condition(self, sobject: Sobject, text: str) -> Any:
        """A formula as a test of (row, row before); compiled once a view, blind to the user's rights."""
        from pasodoble.simulators.salesforce.formula import compile_condition

        view = self.org.view(self.view.user_id, unlimited=True)
        key = ("condition", sobject.name, text)
        made = view.kept.get(key)
        if made is None:
            made = view.kept[key] = compile_condition(text, view, sobject)
        return made

    # What the system itself changes

    def amend(self, sobject_name: str, record_id: str, changes: Mapping[str, Any], *, touch: str = "system") -> None:
        """Write stored values past the user's rights and rules; without any, only the stamps move.

        touch   `user`: LastModified and SystemModstamp move; `system`: only SystemModstamp; `nothing`: no stamp, and
                nobody is told.
        """
        table = self.org.tables[sobject_name]
        before = table.get(record_id)
        if before is None or (changes and all(before.get(name) == value for name, value in changes.items())):
            return
        row = apply_changes(before, changes)
        if touch != "nothing":
            row["SystemModstamp"] = self.org.now()
        if touch == "user":
            row["LastModifiedDate"] = row["SystemModstamp"]
            row["LastModifiedById"] = self.view.user_id
        self.work.put("SILENT" if touch == "nothing" else "UPDATE", table, row)

    # Delete and undelete

    def delete(self, sobject: Sobject, record_id: str) -> None:
        """To the Recycle Bin, with all that hangs on it; with `options.hard_delete`, for good."""
        before = self.existing(sobject, record_id)
        if not sobject.having("deletable") or not self.view.access(sobject).delete:
            raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
        mark = self.work.mark()
        try:
            self._check_restricted(sobject, before)
            swept: list[str] = []
            self.sweep(sobject, before, swept)
            self.org.bins[before["Id"]] = tuple(swept)
            if self.options.hard_delete:
                self.purge(before["Id"])
        except Refusal:
            self.work.rollback(mark)
            raise

    def _check_restricted(self, sobject: Sobject, row: Row) -> None:
        """A price that a deal's product line uses stays. Raises Refusal."""
        if sobject.name == "PricebookEntry" and self.children("OpportunityLineItem", "PricebookEntryId", row["Id"]):
            message = "Your attempt to delete the price book entry could not be completed because it is associated with opportunity products."
            raise refusal("DELETE_FAILED", message, [])

    def children(self, name: str, key: str, parent_id: str) -> list[Row]:
        """The live rows of an object whose foreign key is `parent_id`."""
        table = self.org.tables[name]
        return [row for row in table.find(table.sobject.fields[key], (parent_id,)) if not row.get("IsDeleted")]

    def sweep(self, sobject: Sobject, row: Row, swept: list[str], changes: Mapping[str, Any] | None = None) -> None:
        """Put a row and its cascade into the bin; ids go into `swept`, the row's own first."""
        swept.append(row["Id"])
        now = self.org.now()
        gone = {
            **row,
            **(changes or {}),
            "IsDeleted": True,
            "LastModifiedDate": now,
            "LastModifiedById": self.view.user_id,
            "SystemModstamp": now,
        }
        self.work.put("DELETE", self.org.tables[sobject.name], gone)
        for child in sobject.children:
            if child.sobject not in self.org.tables:
                continue
            for item in self.children(child.sobject, child.key, row["Id"]):
                if child.cascade_delete:
                    self.sweep(self.org.sobject(child.sobject), item, swept)
                elif child.relationship:
                    self.amend(child.sobject, item["Id"], {child.key: None})
        follow = AFTER.get(sobject.name)
        if follow is not None:
            follow(self, gone, row)
        if self.org.rollups:
            refresh_rollups(self, sobject, gone, row)

    def undelete(self, record_id: str) -> str:
        """Back from the bin, with what was swept into it along. Gives the 18-character id."""
        whole = full_id(record_id)
        sobject = self.org.sobject_of(record_id)
        row = self.org.get(record_id)
        if whole is None or sobject is None or row is None:
            raise refusal("UNDELETE_FAILED", f"invalid record id: {record_id}", [])
        if not row.get("IsDeleted") or not sobject.having("undeletable"):
            raise refusal("UNDELETE_FAILED", "Entity is not in the recycle bin", [])
        plan = plan_of(self.view, sobject)
        for item in plan.uniques:
            if row.get(item.name) is not None:
                self._check_unique(sobject, item, row[item.name], whole)
        for swept_id in self.org.bins.pop(whole, (whole,)):
            self._restore(swept_id)
        return whole

    def _restore(self, record_id: str) -> None:
        row, sobject = self.org.get(record_id), self.org.sobject_of(record_id)
        if row is None or sobject is None or not row.get("IsDeleted"):
            return
        back = {k: v for k, v in row.items() if k not in ("IsDeleted", "MasterRecordId")}
        back["LastModifiedDate"] = back["SystemModstamp"] = self.org.now()
        back["LastModifiedById"] = self.view.user_id
        self.work.put("UNDELETE", self.org.tables[sobject.name], back)
        follow = AFTER.get(sobject.name)
        if follow is not None:
            follow(self, back, row)
        if self.org.rollups:
            refresh_rollups(self, sobject, back, row)

    def purge(self, record_id: str) -> None:
        """Out of the bin for good."""
        for swept_id in self.org.bins.pop(record_id, (record_id,)):
            sobject = self.org.sobject_of(swept_id)
            if sobject is not None:
                self.work.drop(self.org.tables[sobject.name], swept_id)

    # Upsert

    def match(self, sobject: Sobject, item: Field, value: Any) -> Row | None:
        """The live record with this external id. Raises Refusal with status 300 when there are several."""
        if value is None or value == "":
            return None
        rows = [row for row in self.view.find(sobject, item, [value]) or () if not row.get("IsDeleted")]
        if len(rows) > 1:
            listed = ", ".join(row["Id"][:15] for row in rows)
            raise refusal(
                "DUPLICATE_EXTERNAL_ID", f"More than one record found for external id field: [{listed}]", [], 300
            )
        return rows[0] if rows else None

    def upsert(
        self, sobject: Sobject, item: Field, value: Any, given: Mapping[str, Any], *, update_only: bool = False
    ) -> tuple[str, bool]:
        """Update the record whose `item` is `value`, or create one. Gives (id, whether it was created)."""
        reader = plan_of(self.view, sobject).create.get(item.name)
        if reader is not None:
            value = reader[1](value)
        if item.type == "id" and value is not None:
            row = self.existing(sobject, str(value))
        else:
            found = self.match(sobject, item, value)
            if found is None:
                if update_only:
                    raise refusal("NOT_FOUND", "The requested resource does not exist", None)
                key = {} if item.type == "id" else {item.name: value}
                return self.insert(sobject, {**given, **key}), True
            row = found
        self.update(sobject, row["Id"], given)
        return str(row["Id"]), False


def apply_changes(before: Row, changes: Mapping[str, Any]) -> Row:
    """A new row: empty values are left out, and so is a false boolean."""
    row = dict(before)
    for name, value in changes.items():
        if value is None or value is False:
            row.pop(name, None)
        else:
            row[name] = value
    return row
