"""What one would script instead, beside the product, on the same simulators. One JSON line.

    python bench/side_by_side.py [--people 1000] [--environment FOLDER]

Three ways to bring contacts from HubSpot to Salesforce and keep them there: the product (two-way, with everything that it
promises); a copy as a competent engineer writes it with the vendors' own clients (`hubspot-api-client`, `simple-salesforce`:
one way, a search by the time of change, collections of 200 upserted by a key); and `dlt`, which only reads both sides. The
other tools live in a virtual environment of their own, which is made in FOLDER at the first run. A step's calls are counted by
the simulators, its CPU is that of its whole process: an interpreter that starts, and its imports, are a part of every script.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rig import HERE, HUBSPOT, SALESFORCE, Rig, rig

MIB = 2**20
PACKAGES = ("simple-salesforce==1.12.10", "hubspot-api-client==12.0.0", "dlt==1.31.0")
DEFAULT_ENVIRONMENT = HERE / "out" / "side_by_side"


def make_environment(folder: Path) -> Path:
    """The interpreter of an environment that has the other tools."""
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (folder / "complete").touch()
    return python


def run_script(at: Rig, python: Path, name: str, *arguments: str) -> dict[str, Any]:
    """One run of a script, as cron would start it, and what it cost."""
    told = {
        "HUBSPOT_URL": at.ready[HUBSPOT]["base_url"],
        "HUBSPOT_TOKEN": at.ready[HUBSPOT]["token"],
        "SALESFORCE_URL": at.ready[SALESFORCE]["instance_url"],
        "SALESFORCE_TOKEN": at.ready[SALESFORCE]["token"],
        "STATE": str(at.config.parent / f"{name}.state"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    at.reset_calls()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    script = HERE / "rivals" / f"{name}.py"
    done = subprocess.run(
        [python, script, *arguments], cwd=at.config.parent, env=os.environ | told, stdout=subprocess.PIPE, text=True
    )
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"bench: {script.name} ended with {done.returncode}")
    return {
        "calls": {side: at.calls(side).total for side in (HUBSPOT, SALESFORCE)},
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "wall_s": round(wall_s, 2),
        "said": json.loads(done.stdout.splitlines()[-1]),
    }


def run_product(at: Rig) -> dict[str, Any]:
    done = at.sync()
    written = done.document["objects"]["contacts"]
    return {
        "calls": {side: calls.total for side, calls in done.calls.items()},
        "cpu_s": round(done.cpu_s, 2),
        "wall_s": round(done.wall_s, 2),
        "said": {"created": written[SALESFORCE]["created"], "updated": written[SALESFORCE]["updated"]},
    }


def measure_product(people: int) -> Mapping[str, Any]:
    with rig() as at:
        at.sync()
        at.load_contacts(people)
        steps = {"first": run_product(at)}
        at.settle()
        steps["nothing changed"] = run_product(at)
        at.edit(HUBSPOT, max(1, people // 100), "changed", fields={HUBSPOT: "lastname"})
        return steps | {"1 % changed": run_product(at)}


def measure_copy(python: Path, people: int) -> Mapping[str, Any]:
    with rig() as at:
        at.load_contacts(people)
        steps = {"first": run_script(at, python, "copy_contacts")}
        at.advance(7_200)
        run_script(at, python, "copy_contacts")
        steps["nothing changed"] = run_script(at, python, "copy_contacts")
        at.edit(HUBSPOT, max(1, people // 100), "changed", fields={HUBSPOT: "lastname"})
        return steps | {"1 % changed": run_script(at, python, "copy_contacts")}


def measure_dlt(python: Path, people: int) -> Mapping[str, Any]:
    with rig() as at:
        at.load(people)
        return {"first": run_script(at, python, "read_with_dlt")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--environment", type=Path, default=DEFAULT_ENVIRONMENT)
    options = parser.parse_args()
    python = make_environment(options.environment)
    ways = {
        "pasodoble": measure_product(options.people),
        "the vendors' clients, one way": measure_copy(python, options.people),
        "dlt, reading only": measure_dlt(python, options.people),
    }
    print(json.dumps({"bench": "side_by_side", "people": options.people, "packages": PACKAGES, "ways": ways}))


if __name__ == "__main__":
    sys.exit(main())
