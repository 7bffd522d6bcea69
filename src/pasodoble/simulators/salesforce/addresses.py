"""State and country picklists: an address names a country of the org's list, and a state of that country.

Off unless the org has a list. How an address is told as one value is `view`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pasodoble.simulators.salesforce.errors import Refusal, refusal
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject

WRONG_STATE = "There's a problem with this state, even though it may appear correct. Please select a state from the list of valid states."
WRONG_COUNTRY = "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries."
NO_COUNTRY = "A country/territory must be specified before specifying a state value for field: {}"


def check_addresses(sobject: Sobject, row: Row, before: Row | None, choices: Mapping[str, Sequence[str]]) -> None:
    """Raises Refusal (FIELD_INTEGRITY_EXCEPTION) for an address that changed and is not of the lists."""
    countries = {country.lower(): {state.lower() for state in states} for country, states in choices.items()}
    for state_field, country_field in _places(sobject):
        state, country = row.get(state_field), row.get(country_field)
        if before is not None and (before.get(state_field), before.get(country_field)) == (state, country):
            continue
        if country is not None and country.lower() not in countries:
            raise _wrong(WRONG_COUNTRY, country_field)
        if state is None:
            continue
        if country is None:
            raise _wrong(NO_COUNTRY.format(sobject.fields[state_field].label), state_field)
        if state.lower() not in countries[country.lower()]:
            raise _wrong(WRONG_STATE, state_field)


def _places(sobject: Sobject) -> Iterator[tuple[str, str]]:
    """(state, country) of each address of the object."""
    for name, parts in sobject.components.items():
        if sobject.fields[name].type == "address":
            named = {part.name.removeprefix(name.removesuffix("Address")): part.name for part in parts}
            yield named["State"], named["Country"]


def _wrong(message: str, field_name: str) -> Refusal:
    return refusal("FIELD_INTEGRITY_EXCEPTION", message, [field_name])
