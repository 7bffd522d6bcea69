"""How `simulators/salesforce/data/standard.json` was made from whole recorded describes; needed only to make it anew.

    python tools/compact_salesforce_describe.py FOLDER_WITH_RECORDINGS

The folder holds the recordings and the compact facts that the data's NOTICE names. A field keeps what differs from
what its type usually says; the 57 attributes come back in `simulators/salesforce/definitions.py` and `describing.py`. Facts about
objects that nobody recorded do not belong here: they are in `data/supplement.json`, written by hand.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "src/pasodoble/simulators/salesforce/data/standard.json"
RECORDED = ("Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Case", "Event", "Campaign.v42")
TEXT = {"string", "combobox", "picklist", "multipicklist", "email", "phone", "url", "textarea"}
OBJECT_KEYS = ("label", "labelPlural", "keyPrefix", "supportedScopes")
USUAL_ELSE: dict[str, Any] = {"referenceTo": [], "length": 0, "precision": 0, "scale": 0, "digits": 0}
FLAGS = (
    "createable updateable deletable undeletable queryable retrieveable searchable replicateable triggerable mergeable "
    "feedEnabled layoutable mruEnabled searchLayoutable compactLayoutable"
).split()
ZONES = {"America/Los_Angeles", "America/New_York", "Europe/Madrid", "Europe/London", "America/Mexico_City", "GMT"}


def spell_choices(field: dict[str, Any]) -> list[Any]:
    """`value` where nothing else is said, `[value, label]`, or the whole entry when it is the default or inactive."""
    out: list[Any] = []
    for choice in field["picklistValues"]:
        if field["name"].endswith("TimeZoneSidKey") and choice["value"] not in ZONES:
            continue
        plain = choice["active"] and not choice["defaultValue"] and not choice.get("validFor")
        if plain:
            out.append(choice["value"] if choice["label"] == choice["value"] else [choice["value"], choice["label"]])
        else:
            out.append({k: v for k, v in choice.items() if v not in (None, False) or k == "active"})
    return out


def usual_by_type(fields: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for field in fields:
        for key, value in field.items():
            counts[field["type"]][key][json.dumps(value)] += 1
    leave = {"name", "label", "type", "picklistValues", "byteLength", "referenceTo", "relationshipName"}
    leave |= {"compoundFieldName", "extraTypeInfo", "length", "precision", "scale", "digits"}
    return {
        kind: {k: json.loads(c.most_common(1)[0][0]) for k, c in keys.items() if k not in leave}
        for kind, keys in counts.items()
    }


def compact_field(field: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    kept = {"name": field["name"], "type": field["type"], "label": field.get("label") or spell_label(field["name"])}
    for key, value in field.items():
        if key in kept or key in ("note", "byteLength", "picklistValues") or key.startswith("_"):
            continue
        if value != usual.get(key, USUAL_ELSE.get(key)):
            kept[key] = value
    if field.get("picklistValues"):
        kept["picklistValues"] = spell_choices(field)
    return kept


def spell_label(name: str) -> str:
    words = "".join(" " + c if c.isupper() else c for c in name.removesuffix("Id" if len(name) > 2 else "")).split()
    return " ".join(words) + (" ID" if name.endswith("Id") and len(name) > 2 else "")


def expand(compiled: dict[str, Any], field: dict[str, Any]) -> dict[str, Any]:
    """A hand-compiled field with all its attributes, as that file's README tells to read it."""
    whole = {**compiled["base_defaults"], **compiled["defaults_by_type"].get(field["type"], {}), **field}
    if whole["scale"] == "as defined":
        whole["scale"] = 2
    if field["type"] == "textarea" and whole["length"] > 255:
        whole.update(filterable=False, groupable=False, sortable=False, aggregatable=False)
    whole["picklistValues"] = [
        {"value": v, "label": v, "active": True, "defaultValue": v == whole.get("defaultValue"), "validFor": None}
        for v in whole["picklistValues"]
    ]
    if field["type"] == "picklist":
        whole.pop("defaultValue", None)
    whole["custom"] = False
    return whole


def main(folder: Path) -> None:
    recorded = [json.loads((folder / f"{name}.json").read_text()) for name in RECORDED]
    person = json.loads((folder / "Account.person-accounts.json").read_text())
    compiled = json.loads((folder / "compiled-standard-objects.json").read_text())
    usual = usual_by_type([f for o in [*recorded, person] for f in o["fields"]])
    known = {o["name"] for o in recorded} | set(compiled["objects"])
    objects: dict[str, Any] = {}
    for item in recorded:
        objects[item["name"]] = {
            **{key: item[key] for key in OBJECT_KEYS},
            "flags": [flag for flag in FLAGS if item.get(flag)],
            "fields": [compact_field(f, usual[f["type"]]) for f in item["fields"] if "__" not in f["name"]],
            "children": [
                [c["childSObject"], c["field"], c["relationshipName"], int(c["cascadeDelete"])]
                for c in item["childRelationships"]
                if c["relationshipName"] and c["childSObject"] in known
            ],
        }
    seen = {f["name"] for f in objects["Account"]["fields"]}
    objects["Account"]["personFields"] = [
        compact_field(f, usual[f["type"]]) for f in person["fields"] if f["name"] not in seen and "__" not in f["name"]
    ]
    for name, item in compiled["objects"].items():
        fields = [expand(compiled, f) for f in item["fields"]]
        objects[name] = {
            "label": item["label"],
            "keyPrefix": item["keyPrefix"],
            "flags": [flag for flag in FLAGS if item.get(flag)],
            "fields": [compact_field(f, usual.get(f["type"], {})) for f in fields],
        }
    lines = ",\n".join(f"{json.dumps(n)}:{json.dumps(o, ensure_ascii=False)}" for n, o in objects.items())
    OUT.write_text(f'{{"usual":{json.dumps(usual)},\n"objects":{{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
