"""The org as one user sees it: which objects, fields and rows there are, and what a field of a row says.

This is what SOQL, formulas and the REST rows read through. Writing does not belong here.

    view = org.view(user_id)
    sobject = view.find_sobject("lead")            # None: no such object for this user
    field = view.find_field(sobject, "email")      # None: no such field, or hidden from this user
    read = view.reader(sobject, field)             # row -> value, formulas and compound fields included
    parent = sobject.find_parent("Owner")          # the reference field; view.related(parent, row) -> (Sobject, Row)
    child = sobject.find_child("Tasks")            # Child(sobject="Task", key="WhoId", ...)
    rows = view.find(sobject, field, values)       # by index, or None: then walk view.rows(sobject)

What the two languages must offer in return:

    soql.     execute a query for a view (used by /query, bulk query jobs, the door)
    formula.  compile_formula(text, view, sobject, result=field) -> row -> value of the field's type   (formula fields)
              compile_condition(text, view, sobject) -> (row, row before the write or None when new) -> bool
                                                      (validation rules, assignment entries, roll-up conditions)
              both raise FormulaError(ValueError) at compile time, with a sentence for the door's caller

Values are as JSON has them: datetimes and dates are text in one fixed spelling, so `<` on them is time order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.moments import spell_second
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import ID_TYPES, Field, Sobject
from pasodoble.simulators.salesforce.settings import Access

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.org import Org

Reader = Callable[[Row], Any]

EVERYTHING = Access()
BIN_S = 15 * 24 * 3600
"""How long what was deleted can still be seen."""

COPIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Case": {
        "ContactPhone": ("ContactId", "Phone"),
        "ContactMobile": ("ContactId", "MobilePhone"),
        "ContactEmail": ("ContactId", "Email"),
        "ContactFax": ("ContactId", "Fax"),
    },
    "PricebookEntry": {"Name": ("Product2Id", "Name"), "ProductCode": ("Product2Id", "ProductCode")},
    "OpportunityLineItem": {
        "ProductCode": ("Product2Id", "ProductCode"),
        "ListPrice": ("PricebookEntryId", "UnitPrice"),
    },
    "CampaignMember": {
        name: ("LeadId|ContactId", source)
        for name, source in {
            "Salutation": "Salutation",
            "Name": "Name",
            "FirstName": "FirstName",
            "LastName": "LastName",
            "Title": "Title",
            "Street": "Street|MailingStreet",
            "City": "City|MailingCity",
            "State": "State|MailingState",
            "PostalCode": "PostalCode|MailingPostalCode",
            "Country": "Country|MailingCountry",
            "Email": "Email",
            "Phone": "Phone",
            "Fax": "Fax",
            "MobilePhone": "MobilePhone",
            "Description": "Description",
            "DoNotCall": "DoNotCall",
            "HasOptedOutOfEmail": "HasOptedOutOfEmail",
            "HasOptedOutOfFax": "HasOptedOutOfFax",
            "LeadSource": "LeadSource",
            "LeadOrContactOwnerId": "OwnerId",
        }.items()
    },
}
"""Read-only fields that repeat another record's: by object and field, (keys to follow, field there); `|` means first
that has a value."""


class View:
    """One user's sight of the org. Good for one `org.version`: take it from `org.view` each time."""

    def __init__(self, org: Org, user_id: str, *, limited: bool) -> None:
        self.org = org
        self.user_id = user_id
        self._limited = limited
        self.kept: dict[Any, Any] = {}
        """What others have compiled for this view; it goes when the view does."""
        self._readers: dict[tuple[str, str], Reader] = {}
        self._fields: dict[str, tuple[Field, ...]] = {}

    # What there is

    def access(self, sobject: Sobject) -> Access:
        if not self._limited:
            return EVERYTHING
        return self.org.settings.permissions.get(sobject.name, EVERYTHING)

    def find_sobject(self, name: str) -> Sobject | None:
        """By API name in any case; None when there is none or the user may not read it."""
        sobject = self.org.find_sobject(name)
        return sobject if sobject is not None and self.access(sobject).read else None

    def sobjects(self) -> Iterator[Sobject]:
        for name in sorted(self.org.tables):
            sobject = self.org.tables[name].sobject
            if self.access(sobject).read:
                yield sobject

    def find_field(self, sobject: Sobject, name: str) -> Field | None:
        """By API name in any case; None when there is none or field-level security hides it."""
        field = sobject.find_field(name)
        return field if field is not None and field.name not in self.access(sobject).hidden else None

    def fields(self, sobject: Sobject) -> tuple[Field, ...]:
        """All readable fields in order."""
        known = self._fields.get(sobject.name)
        if known is None:
            hidden = self.access(sobject).hidden
            known = tuple(f for f in sobject.fields.values() if f.name not in hidden)
            self._fields[sobject.name] = known
        return known

    # Rows

    def sees(self, row: Row) -> bool:
        return not (self._limited and row["Id"] in self.org.settings.hidden_records)

    def _settle(self, rows: Iterable[Row], *, deleted: bool) -> Iterator[Row]:
        """Drop what the user cannot see or did not ask for; show the old row where a commit is not visible yet."""
        unsettled = self.org.unsettled
        hidden = self.org.settings.hidden_records if self._limited else ()
        oldest = spell_second(self.org.clock.now_ms() // 1000 - BIN_S) if deleted else ""
        for row in rows:
            if unsettled and row["Id"] in unsettled:
                old = unsettled[row["Id"]]
                if old is None:
                    continue
                row = old
            if row.get("IsDeleted") and (not deleted or row["SystemModstamp"] < oldest):
                continue
            if hidden and row["Id"] in hidden:
                continue
            yield row

    def rows(self, sobject: Sobject, *, deleted: bool = False) -> Iterator[Row]:
        """All visible rows in the order they were made; with `deleted`, those in the Recycle Bin too."""
        return self._settle(self.org.tables[sobject.name].rows.values(), deleted=deleted)

    def find(
        self, sobject: Sobject, field: Field, values: Iterable[Any], *, deleted: bool = False
    ) -> Iterator[Row] | None:
        """Visible rows whose field equals one of `values` (never null); None when no index serves the field.

        A row held back by a late commit is given as it was before: test the condition on what you get.
        """
        if not self.has_index(sobject, field):
            return None
        if field.type in ID_TYPES:
            values = [full_id(value) or value for value in values if isinstance(value, str)]
        return self._settle(self.org.tables[sobject.name].find(field, values), deleted=deleted)

    def span(
        self,
        sobject: Sobject,
        field: Field,
        low: Any,
        high: Any,
        *,
        low_open: bool = False,
        high_open: bool = False,
        after_id: str = "",
        descending: bool = False,
        deleted: bool = False,
    ) -> Iterator[Row] | None:
        """Visible rows whose field lies between two values (None: unbounded), in the field's order; None: no index.

        Equal values come in the order of ids; of those at `low` only the ids after `after_id`.
        """
        if not self.has_index(sobject, field):
            return None
        found = self.org.tables[sobject.name].span(
            field, low, high, low_open=low_open, high_open=high_open, after_id=after_id, descending=descending
        )
        return self._settle(found, deleted=deleted)

    def has_index(self, sobject: Sobject, field: Field) -> bool:
        """Whether `find` and `span` can serve the field."""
        return field.indexed and not self._is_computed(sobject, field)

    def get(self, sobject: Sobject, record_id: str, *, deleted: bool = False) -> Row | None:
        """A visible row by either form of its id."""
        whole = full_id(record_id)
        row = self.org.tables[sobject.name].get(whole) if whole else None
        return None if row is None else next(self._settle((row,), deleted=deleted), None)

    def related(self, field: Field, row: Row) -> tuple[Sobject, Row] | None:
        """The record that a reference field of a row points to, with its object; deleted parents are followed too."""
        target = row.get(field.name)
        if target is None:
            return None
        sobject = self.org.sobject_of(target)
        if sobject is None or sobject.name not in field.refers_to or not self.access(sobject).read:
            return None
        found = self.get(sobject, target, deleted=True)
        return None if found is None else (sobject, found)

    # Values

    def reader(self, sobject: Sobject, field: Field) -> Reader:
        """A function from a row of `sobject` to the field's value, computed ones included; made once, then kept."""
        key = (sobject.name, field.name)
        made = self._readers.get(key)
        if made is None:
            made = self._readers[key] = self._make_reader(sobject, field)
        return made

    def value(self, sobject: Sobject, row: Row, name: str) -> Any:
        """One field of a row by its exact name."""
        return self.reader(sobject, sobject.fields[name])(row)

    def _is_computed(self, sobject: Sobject, field: Field) -> bool:
        return field.formula is not None or field.name in COPIES.get(sobject.name, ())

    def _make_reader(self, sobject: Sobject, field: Field) -> Reader:
        name = field.name
        if field.formula is not None:
            return self._formula_reader(sobject, field)
        if name in COPIES.get(sobject.name, ()):
            return self._copy_reader(sobject, field)
        if field.type in ("address", "location"):
            return compound_reader(sobject, field)
        if field.type == "boolean":
            return lambda row: row.get(name, False)
        return lambda row: row.get(name)

    def _formula_reader(self, sobject: Sobject, field: Field) -> Reader:
        from pasodoble.simulators.salesforce.formula import compile_formula

        assert field.formula is not None
        return compile_formula(field.formula, self.org.view(self.user_id, unlimited=True), sobject, result=field)

    def _copy_reader(self, sobject: Sobject, field: Field) -> Reader:
        keys, sources = (spelled.split("|") for spelled in COPIES[sobject.name][field.name])
        fallback = False if field.type == "boolean" else None

        def read(row: Row) -> Any:
            target = next((row[key] for key in keys if row.get(key)), None)
            found = self.org.get(target) if target else None
            if found is None:
                return fallback
            return next((found[source] for source in sources if found.get(source) is not None), fallback)

        return read


ADDRESS_PARTS = "city country geocodeAccuracy latitude longitude postalCode state street".split()


def compound_reader(sobject: Sobject, field: Field) -> Reader:
    """Addresses and locations as REST gives them: an object of the parts, null when none is filled."""
    parts = {part.name: part for part in sobject.components.get(field.name, ())}
    keys = ADDRESS_PARTS if field.type == "address" else ["latitude", "longitude"]
    named = [(key, next((n for n in parts if n.removesuffix("__s").lower().endswith(key.lower())), "")) for key in keys]

    def read(row: Row) -> Any:
        value = {key: row.get(name) for key, name in named}
        return value if any(part is not None for part in value.values()) else None

    return read
