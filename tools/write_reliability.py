"""Write `docs/reliability.md` from what the runs have left: `make proof`, or the parts of it with PASODOBLE_RESULTS set.

What a promise means is told here in one line; how it is checked is in `tests/machine/promises.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reliability.md"

PROMISES = {
    "P1": "converges: the rules hold, and a check with nothing to do writes nothing",
    "P2": "idempotent: such a check leaves the store as it was",
    "P3": "no lost edit: each is the value, was followed by a later one, or is told as one that lost",
    "P4": "no invention: every value we write was written by somebody to that very person",
    "P5": "direction: no field is written against its rule",
    "P6": "no duplicates: nobody is made twice",
    "P7": "link integrity: a record is in one link, and both records of it are the same person's",
    "P8": "no resurrection: what people deleted is not made anew",
    "P9": "deletion needs proof: nothing is deleted unless its partner was",
    "P10": "no ping-pong: few writes to a field after the last edit of a person",
    "P17": "crash safety: killed at any point, the next run ends where a clean run ends",
    "P19": "merge and conversion keep the link",
    "P23": "a hidden field is not written",
    "P24": "a field that an answer leaves out is not a blank",
    "P27": "true audit: what was written is in the history",
    "P28": "a plan changes nothing",
    "P29": "looking at everything anew writes nothing",
    "P30": "an older store, or a lost one, doubles and erases nothing",
}


def load(folder: Path, pattern: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted(folder.glob(pattern))]


def tell_seeds(folder: Path) -> list[str]:
    parts = load(folder, "seeds-*.json")
    if not parts:
        return ["Not run."]
    fired = sum((Counter(part["fired"]) for part in parts), Counter[str]())
    seeds, steps = sum(part["seeds"] for part in parts), sum(part["steps"] for part in parts)
    rows = [f"| {name} | {count:,} |" for name, count in sorted(fired.items())]
    return [
        f"{seeds:,} seeds, {steps:,} steps, no promise broken. What befell them:",
        "",
        "| fault or deed | times |",
        "|---|---:|",
        *rows,
    ]


def tell_sweep(folder: Path) -> list[str]:
    rows = [f"| {one['scenario']} | {one['points']} |" for one in load(folder, "sweep-*.json")]
    return ["| scenario | points, each killed once |", "|---|---:|", *rows] if rows else ["Not run."]


def tell_kills(folder: Path) -> list[str]:
    rows = [f"| {one['database']} | {one['kills']} |" for one in load(folder, "kills-*.json")]
    return ["| store | SIGKILLs, nothing lost or doubled |", "|---|---:|", *rows] if rows else ["Not run."]


def tell_planted(folder: Path) -> list[str]:
    sys.path.insert(0, str(ROOT))
    from tests.planted.plants import ELSEWHERE

    rows = [
        f"| {one['name']} | {one['by'] or 'survives: ' + one['survives']} | {one['wrong']} |"
        for one in load(folder, "planted-*.json")
    ]
    elsewhere = [f"| {name} | {watched} |" for name, watched in ELSEWHERE.items()]
    return [
        *(["| safeguard taken out | first noticed by | promise |", "|---|---|---|", *rows] if rows else ["Not run."]),
        "",
        "Those that one worker over dictionaries cannot show:",
        "",
        "| safeguard | watched over by |",
        "|---|---|",
        *elsewhere,
    ]


def tell_soak(folder: Path) -> list[str]:
    days = load(folder, "soak.json")
    return [
        f"{one['days']} days, {one['checks']:,} checks, {one['edits']:,} edits, {one['crashes']} crashes; at most"
        f" {one['most_writes_a_day']} writes a day; memory grew by {one['memory_growth_percent']} % after the third day."
        for one in days
    ] or ["Not run."]


def write(folder: Path) -> str:
    git = ["git", "log", "-1", "--format=commit %h of %cs"]
    commit = subprocess.run(  # noqa: S603 - no input of anybody
        git, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    promises = [f"| {number} | {meaning} |" for number, meaning in PROMISES.items()]
    parts = [
        "# Reliability",
        "",
        f"Written by `tools/write_reliability.py` from what the runs at {commit} have left"
        " (`make proof`). The real engine runs in a simulation over two dictionary CRMs; the ghost ledger of people's edits"
        " is what it is judged by. `make replay SEED=n` tells a seed's course, `SHRINK=1` makes it short.",
        "",
        "## Promises",
        "",
        "| number | promise |",
        "|---|---|",
        *promises,
        "",
        "## Seeds (`make test`, `make simulate`)",
        "",
        *tell_seeds(folder),
        "",
        "## Killed at every point (`make test`)",
        "",
        *tell_sweep(folder),
        "",
        "## Killed for real (`make test`, `make kill`)",
        "",
        *tell_kills(folder),
        "",
        "## Planted bugs (`make planted`)",
        "",
        *tell_planted(folder),
        "",
        "## Soak (`make soak`)",
        "",
        *tell_soak(folder),
        "",
        "## Known limits",
        "",
        "- An edit in Salesforce by a transaction that began in the second of the record's last change and ends after our read"
        " can be covered unseen: its stamps are whole seconds.",
        "- An edit on the side that does not count, made between our read and our write, is overruled without a word.",
        "- What people do to a record of ours before a run that died has heard of it cannot be told from nothing.",
        "- Open: seed 2836 (P29). A contact whose lead was taken by a stand-in rests until `verify` when the stand-in is deleted unseen.",
        "- Open: seed 13 on SQLite (P3). An edit covered by a first sync's write is not told when its look back fails twice and its lead is converted meanwhile.",
        "",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(write(Path(sys.argv[1])))
    sys.stdout.write(f"wrote {PAGE}\n")
