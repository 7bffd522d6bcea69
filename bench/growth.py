"""What pairs cost as they grow in number: to link them, to check them, to carry changes over. One JSON line.

    python bench/growth.py [--pairs 1000] [--all] [--guard strict]

So many people are in both CRMs already, alike in 29 fields. The first check links them. Then: nothing has changed; 1 % has, in
HubSpot, in Salesforce; with `--all`, everything has. Each step's calls stand beside the least that the steps which it consists
of can be done with (DESIGN section 9), after the calls of a check with nothing to do are taken away.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from typing import Any

from rig import HUBSPOT, SALESFORCE, Calls, Done, Rig, rig

MIB = 2**20
FIELDS: Mapping[str, Mapping[str, str]] = {
    "one_way": {HUBSPOT: "jobtitle", SALESFORCE: "Title"},
    "two_way": {HUBSPOT: "lastname", SALESFORCE: "LastName"},
}


def least_calls(count: int, edited: str, *, guard: str, looks_back: bool) -> dict[str, int]:
    """By side, for so many records that were edited on that side."""
    per_page = {HUBSPOT: math.ceil(count / 200), SALESFORCE: math.ceil(count / 2_000)}
    hubspot, salesforce = math.ceil(count / 100), math.ceil(count / 2_000)
    least = {HUBSPOT: hubspot, SALESFORCE: salesforce}
    least[edited] += per_page[edited]
    if edited == SALESFORCE:
        least[HUBSPOT] += math.ceil(count / 100) + (math.ceil(count / 50) if looks_back else 0)
    else:
        least[SALESFORCE] += math.ceil(count / (25 if guard == "strict" else 1_000))
    return least


def measure_change(at: Rig, edited: str, fields: str, count: int, *, guard: str, idle: Mapping[str, Calls]) -> Any:
    """Edit, sync until that is carried over, and go past the overlap again."""
    at.edit(edited, count, f"{edited} {fields} {count}", fields=FIELDS[fields])
    done = at.sync()
    looks_back = edited == SALESFORCE and fields == "two_way"
    least = least_calls(count, edited, guard=guard, looks_back=looks_back)
    used = {side: done.calls[side].total - idle[side].total for side in idle}
    written = done.document["objects"]["contacts"]
    other = SALESFORCE if edited == HUBSPOT else HUBSPOT
    if written[other]["updated"] != count:
        raise SystemExit(f"bench: {count} records were edited in {edited}, but the sync says {written}")
    at.settle()
    return {
        "edited": edited,
        "fields": fields,
        "changed": count,
        "calls": used,
        "least": least,
        "ratio": round(sum(used.values()) / sum(least.values()), 3),
        "over": {side: (done.calls[side] - idle[side]).by_name for side in idle},
        **tell(done),
    }


def tell(done: Done) -> dict[str, Any]:
    return {
        "cpu_s": round(done.cpu_s, 3),
        "wall_s": round(done.wall_s, 3),
        "resident_mib": round(done.resident_bytes / MIB, 1),
        "peak_mib": round(done.peak_bytes / MIB, 1),
    }


def measure_idle(at: Rig) -> tuple[Any, Mapping[str, Calls]]:
    """The cheapest of three checks with nothing to do, and how many of its calls are the looks at contacts."""
    done = min((at.sync() for _ in range(3)), key=lambda one: one.cpu_s)
    looks = {
        "hubspot contacts": done.calls[HUBSPOT].count("contacts/search"),
        "salesforce Lead": 1 + done.calls[SALESFORCE].count("Lead/updated"),
        "salesforce Contact": 1 + done.calls[SALESFORCE].count("Contact/updated"),
    }
    total = {side: calls.total for side, calls in done.calls.items()}
    return {"calls": total, "looks": looks, **tell(done)}, done.calls


def measure_linking(at: Rig, pairs: int) -> Any:
    done = at.sync()
    linked = done.document["objects"]["contacts"]["linked"]
    if linked != pairs:
        raise SystemExit(f"bench: {pairs} pairs, but the first check linked {linked}: {done.document}")
    return {"calls": {side: calls.total for side, calls in done.calls.items()}, **tell(done)}


def run(pairs: int, guard: str, *, everything: bool) -> Any:
    with rig(guard=guard) as at:
        at.sync()  # what is imported and made once is no pair's cost
        at.load(pairs)
        linking = measure_linking(at, pairs)
        at.settle()
        idle, idle_calls = measure_idle(at)
        shares = [max(1, pairs // 100), *([pairs] if everything else [])]
        changes = [
            measure_change(at, side, fields, count, guard=guard, idle=idle_calls)
            for count in shares
            for side, fields in ((HUBSPOT, "two_way"), (SALESFORCE, "one_way"), (SALESFORCE, "two_way"))
        ]
    return {
        "bench": "growth",
        "pairs": pairs,
        "guard": guard,
        "linking": linking,
        "idle": idle,
        "changes": changes,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--all", action="store_true", help="also change all of them")
    parser.add_argument("--guard", choices=("strict", "fast"), default="strict")
    options = parser.parse_args()
    print(json.dumps(run(options.pairs, options.guard, everything=options.all)))


if __name__ == "__main__":
    main()
