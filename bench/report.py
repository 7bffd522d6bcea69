"""Runs the benches, keeps their lines, and renders `docs/performance.md` with its picture: what `make bench` calls.

    python bench/report.py [--size quick|usual|full] [--lines FILE] [--render-only] [--docs docs]

Each bench is a script of its own that prints JSON lines; they are appended to FILE with the command that made them, so that a
page can be rendered anew without measuring anew. Nothing here is a test: what misses its figure is said to miss it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from math import log10
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent
Line = Mapping[str, Any]

QUICK: Sequence[Sequence[str]] = (
    ("growth", "--pairs", "1000", "--all"),
    ("growth", "--pairs", "10000"),
    ("side_by_side", "--people", "1000"),
    ("engine",),
    ("webhook_intake", "--json", "--seconds", "5"),
    ("latency", "--json", "--modes", "push", "--rates", "50", "--seconds", "5"),
)
SIZES: Mapping[str, Sequence[Sequence[str]]] = {
    "quick": QUICK,
    "usual": (*QUICK, ("growth", "--pairs", "100000")),
    "full": (
        ("growth", "--pairs", "1000", "--all"),
        ("growth", "--pairs", "10000", "--all"),
        ("growth", "--pairs", "100000", "--all"),
        ("growth", "--pairs", "1000000"),
        ("side_by_side", "--people", "10000"),
        *QUICK[3:],
        ("hubspot_simulator",),
        ("salesforce_simulator",),
    ),
}


# --- measuring -------------------------------------------------------------------------------------------------------


def measure(command: Sequence[str]) -> Iterator[Line]:
    """The lines of one bench. One that fails is told and skipped; the others go on."""
    name, *options = command
    print("bench:", *command, file=sys.stderr, flush=True)
    began = time.perf_counter()
    done = subprocess.run([sys.executable, HERE / f"{name}.py", *options], stdout=subprocess.PIPE, text=True)
    took_s = round(time.perf_counter() - began, 1)
    if done.returncode:
        print(f"bench: {name} ended with {done.returncode}", file=sys.stderr)
    for text in done.stdout.splitlines():
        if text.startswith("{"):
            yield {"bench": name, "command": list(command), "took_s": took_s, **json.loads(text)}
        else:
            print(text, file=sys.stderr)


def measure_help() -> Line:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "pasodoble", "--help"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"bench": "help", "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)}


def describe_run() -> Line:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    return {
        "bench": "run",
        "at": datetime.now(UTC).isoformat(timespec="minutes"),  # noqa: TID251 - when it was measured
        "commit": commit.strip() or "unknown",
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": [round(one, 1) for one in os.getloadavg()],
    }


# --- the figures -----------------------------------------------------------------------------------------------------


class Found:
    """The lines of a run, by bench."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines

    def all(self, bench: str) -> list[Line]:
        return [line for line in self.lines if line["bench"] == bench]

    @property
    def growth(self) -> list[Line]:
        """One a size, the latest, smallest first."""
        return sorted({line["pairs"]: line for line in self.all("growth")}.values(), key=lambda line: line["pairs"])

    @property
    def changes(self) -> list[tuple[int, Line]]:
        return [(line["pairs"], change) for line in self.growth for change in line["changes"]]


Judged = tuple[str, bool | None]
"""What was measured, and whether that reaches the figure; None: too little was measured to say."""
VERDICTS: Mapping[bool | None, str] = {True: "yes", False: "**no**", None: "not known"}


def judge_changes(found: Found) -> Judged | None:
    """Of 1,000 and more: fewer say more of the constant than of the ratio."""
    many = [change for _, change in found.changes if change["changed"] >= 1_000]
    if not many:
        return None
    said = ", ".join(f"{c['changed']:,} {c['edited']} {c['fields']} {c['ratio']:.2f}" for c in many)
    return said, max(c["ratio"] for c in many) <= 1.10


def judge_idle(found: Found) -> Judged | None:
    if not found.growth:
        return None
    said = "; ".join(
        f"{line['pairs']:,} pairs: " + ", ".join(f"{name} {count}" for name, count in line["idle"]["looks"].items())
        for line in found.growth
    )
    return said, all(count <= 2 for line in found.growth for count in line["idle"]["looks"].values())


def judge_creates(found: Found) -> Judged | None:
    for line in reversed(found.all("side_by_side")):
        calls = line["ways"]["pasodoble"]["first"]["calls"]["salesforce"]
        each = calls / line["people"]
        return f"{each:.4f} ({calls} calls for {line['people']:,} contacts)", each < 0.02
    return None


def judge_linking(found: Found) -> Judged | None:
    if not found.growth:
        return None
    line = found.growth[-1]
    cpu_s = line["linking"]["cpu_s"]
    scaled = cpu_s * 100_000 / line["pairs"]
    return f"{cpu_s:.1f} s for {line['pairs']:,} pairs; {scaled:.0f} s for 100,000 at that rate", scaled <= 8


def judge_memory(found: Found) -> Judged | None:
    if not found.growth:
        return None
    said = ", ".join(f"{line['pairs']:,} pairs {_peak(line):.0f} MiB" for line in found.growth)
    last = found.growth[-1]
    if last["pairs"] < 1_000_000 and _peak(last) < 400:
        return f"{said} (a million was not measured)", None
    return said, _peak(last) < 400


def _peak(line: Line) -> float:
    return float(max(step["peak_mib"] for step in (line["linking"], line["idle"], *line["changes"])))


def judge_intake(found: Found) -> Judged | None:
    lines = found.all("webhook_intake")
    if not lines:
        return None
    said = "; ".join(
        f"{one['size']} a request: {one['events_per_s']:.0f}/s, p99 {one['p99_ms']:.0f} ms, "
        f"{one['cpu_ms_per_request']:.2f} ms CPU, {one['commits_per_s']:.0f} commits/s, {one['lost']} lost"
        for one in lines
    )
    return said, all(one["p99_ms"] < 50 and not one["lost"] and one["events_per_s"] >= 950 for one in lines)


def judge_latency(found: Found) -> Judged | None:
    lines = found.all("latency")
    if not lines:
        return None
    said = "; ".join(
        f"`{one['trigger']}` p50 {one['p50_s']:.2f} s, p99 {one['p99_s']:.2f} s, {one['lost']} lost" for one in lines
    )
    return said, all(one["p50_s"] < 2 and one["p99_s"] < 5 and not one["lost"] for one in lines)


def judge_engine(found: Found) -> Judged | None:
    lines = found.all("engine")
    if not lines:
        return None
    limits = {"sqlite": (6, 3), "postgresql": (12, 10)}
    said = "; ".join(
        f"{one['database']}: {one['batch_cpu_ms']:.1f} ms, idle {one['idle_percent_of_a_core']:.1f} %" for one in lines
    )
    return said, all(
        one["batch_cpu_ms"] <= limits[one["database"]][0] and one["idle_percent_of_a_core"] < limits[one["database"]][1]
        for one in lines
    )


def judge_help(found: Found) -> Judged | None:
    return next(((f"{one['cpu_s']} s of CPU", one["cpu_s"] < 0.4) for one in reversed(found.all("help"))), None)


FIGURES: Sequence[tuple[str, str, Callable[[Found], Judged | None]]] = (
    ("calls for n changed records", "within 1.10 of the least, plus a constant a cycle", judge_changes),
    ("calls of a check with nothing to do", "at most 2 an object and side", judge_idle),
    ("Salesforce calls per contact that is made there", "under 0.02", judge_creates),
    ("CPU to read, match, link and base 100,000 pairs of 29 fields", "at most 8 s", judge_linking),
    ("memory, at its highest", "under 400 MiB at a million pairs", judge_memory),
    ("webhook intake, 1,000 events a second", "p99 under 50 ms, none lost on kill -9", judge_intake),
    ("a change to the other side, 50 a second", "p50 under 1 s (2 where guarded), p99 under 5 s", judge_latency),
    ("the engine's own cost", "batch of 100: 6 ms (Postgres 12); idle 3 % (10 %)", judge_engine),
    ("`pasodoble --help`", "under 0.4 s", judge_help),
)


# --- rendering -------------------------------------------------------------------------------------------------------


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def render_figures(found: Found) -> str:
    rows = []
    for what, wanted, judge in FIGURES:
        judged = judge(found)
        said, reached = judged or ("not in this run", None)
        rows.append((what, wanted, said, VERDICTS[reached]))
    return table(("what", "figure", "measured", "reached"), rows)


def render_growth(found: Found) -> str:
    rows: list[Sequence[object]] = []
    for line in found.growth:
        for name in ("linking", "idle"):
            step, what = line[name], {"linking": "first check: all are linked", "idle": "nothing changed"}[name]
            rows.append((f"{line['pairs']:,}", what, *_calls(step["calls"]), "", "", *_cost(step)))
        for change in line["changes"]:
            what = f"{change['changed']:,} changed in {change['edited']}, {change['fields'].replace('_', '-')} field"
            least = sum(change["least"].values())
            rows.append(
                (f"{line['pairs']:,}", what, *_calls(change["calls"]), least, f"{change['ratio']:.2f}", *_cost(change))
            )
    return table(("pairs", "what", "HubSpot", "Salesforce", "least", "ratio", "CPU s", "peak MiB"), rows)


def _calls(calls: Mapping[str, int]) -> tuple[int, int]:
    return calls["hubspot"], calls["salesforce"]


def _cost(step: Line) -> tuple[str, str]:
    return f"{step['cpu_s']:.2f}", f"{step['peak_mib']:.0f}"


def render_ways(line: Line) -> str:
    rows = [
        (way, what, *_calls(step["calls"]), f"{step['cpu_s']:.2f}", f"{step['wall_s']:.1f}")
        for way, steps in line["ways"].items()
        for what, step in steps.items()
    ]
    return table(("way", "what", "HubSpot calls", "Salesforce calls", "CPU s", "wall s"), rows)


LEFT, TOP, WIDE, HIGH = 60, 20, 560, 260
SERIES = ("nothing changed", "1 % changed in hubspot", "1 % changed in salesforce")
COLOURS = ("#2a6f97", "#b5651d", "#5a8f3d")


def series(found: Found) -> Mapping[str, list[tuple[float, float]]]:
    """Calls by number of pairs, beyond those of a check with nothing to do where something changed."""
    points: dict[str, list[tuple[float, float]]] = {name: [] for name in SERIES}
    for line in found.growth:
        pairs = line["pairs"]
        points[SERIES[0]].append((pairs, sum(line["idle"]["calls"].values())))
        for change in line["changes"]:
            name = f"1 % changed in {change['edited']}"
            if change["changed"] == pairs // 100 and change["fields"] == "two_way":
                points[name].append((pairs, sum(change["calls"].values())))
    return points


def render_picture(found: Found) -> str:
    """Calls against pairs, both on scales of powers of ten."""
    points = series(found)
    most = max((y for line in points.values() for _, y in line), default=10)
    last = max((x for line in points.values() for x, _ in line), default=10)

    def place(x: float, y: float) -> tuple[float, float]:
        across = WIDE * (log10(x) - 3) / max(1.0, log10(last) - 3)
        return LEFT + across, TOP + HIGH - HIGH * log10(max(1.0, y)) / max(1.0, log10(most))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 200} {TOP + HIGH + 50}" '
        'font-family="sans-serif" font-size="12">',
        "<title>API calls of one run by the number of linked pairs</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for power in range(3, int(log10(last)) + 1):
        x, bottom = place(10**power, 1)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#555555">{10**power:,}</text>')
    for power in range(int(log10(most)) + 1):
        y = place(1_000, 10**power)[1]
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#555555">{10**power:,}</text>')
    parts.append(f'<text x="{LEFT + WIDE / 2}" y="{TOP + HIGH + 40}" text-anchor="middle">linked pairs</text>')
    parts.append(f'<text x="{LEFT}" y="14" text-anchor="middle">calls</text>')
    for row, (name, colour) in enumerate(zip(SERIES, COLOURS, strict=True)):
        at = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points[name]))
        parts.append(f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{spot.partition(",")[0]}" cy="{spot.partition(",")[2]}" r="4" fill="{colour}"/>'
            for spot in at.split()
        ]
        parts.append(f'<text x="{LEFT + WIDE + 16}" y="{TOP + 14 + 20 * row}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def render_page(found: Found) -> str:
    run = found.all("run")[-1]
    parts = [
        "# Performance\n",
        "<!-- Written by bench/report.py (make bench): do not edit. -->\n",
        f"Measured {run['at']} at commit {run['commit']}, on {run['cores']} cores and {run['memory_gib']} GiB, Python "
        f"{run['python']}, {run['system']}; load average {run['load'][0]} at the start. Both simulators run in one process and "
        "the product in\nanother, over real HTTP; calls are counted by the simulators, CPU is that of the product's process "
        "alone. Where the load was above the\nnumber of cores, others were using the machine too: believe calls and ratios, "
        "then CPU, and seconds least.\n",
        "## Figures\n",
        render_figures(found),
        "By trigger, at 1, 20 and 50 changes a second, pushed and polled: [latency.md](latency.md).\n",
        "## As pairs grow in number\n",
        "People who are in both CRMs, alike in 29 fields (22 shipped lines and 7 more), SQLite, strict guard. Calls of the "
        "changes are without\nthose of a check with nothing to do. The least counts pages and batches of what the step "
        "cannot do without: search 200 a call, read\n100 (50 with history), write 100 in HubSpot; query or read 2,000, "
        "write 25 (strict) in Salesforce. A two-way field that was written\nin HubSpot is looked back at, "
        "in one more round: that is the constant which shows where few records change.\n",
        "![API calls by the number of linked pairs](pictures/performance.svg)\n",
        render_growth(found),
    ]
    for line in found.all("side_by_side")[-1:]:
        parts += [
            "## Beside what one would script instead\n",
            f"{line['people']:,} people. `bench/rivals/` has the scripts; they run on {', '.join(line['packages'])}. The copy "
            "goes one way, overwrites\nwhat Salesforce has, finds no partners and tells of nothing; `dlt` only reads both "
            "sides, into files. Pasodoble reads both sides, pairs,\ndecides field by field, writes behind a guard and keeps "
            "what it takes to explain and undo. The scripts' CPU is that of their whole\nprocess, start and imports included; "
            "Pasodoble's is that of a run in a process that is up.\n",
            render_ways(line),
        ]
    return "\n".join(parts)


def load_lines(file: Path) -> list[Line]:
    return [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines() if text]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=tuple(SIZES), default="usual")
    parser.add_argument("--lines", type=Path, default=HERE / "out" / "bench.jsonl")
    parser.add_argument("--render-only", action="store_true", help="measure nothing: render what FILE has")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    if not options.render_only:
        options.lines.parent.mkdir(parents=True, exist_ok=True)
        with options.lines.open("w", encoding="utf-8") as out:
            for lines in ([describe_run(), measure_help()], *map(measure, SIZES[options.size])):
                for line in lines:
                    out.write(json.dumps(line) + "\n")
                    out.flush()
    found = Found(load_lines(options.lines))
    (options.docs / "pictures").mkdir(parents=True, exist_ok=True)
    (options.docs / "performance.md").write_text(render_page(found), encoding="utf-8")
    (options.docs / "pictures" / "performance.svg").write_text(render_picture(found), encoding="utf-8")
    print(render_figures(found))


if __name__ == "__main__":
    main()
