"""Play one seed again and tell its course: `make replay SEED=190`, with SHRINK=1 as short as it still fails."""

from __future__ import annotations

import argparse

from tests.machine.script import Script, shrink
from tests.machine.simulation import break_as, run


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("seed", type=int)
    words.add_argument("--steps", type=int, default=60)
    words.add_argument("--shrink", action="store_true", help="leave out steps and faults while it still fails")
    given = words.parse_args()
    script = Script.of(given.seed, given.steps)
    wrong = run(script).wrong
    if given.shrink and wrong:
        script = shrink(script, break_as(wrong[0].partition(":")[0]))
        print(f"steps {list(script.steps)}, faults kept quiet {sorted(script.muted)}")
    played = run(script)
    print("\n".join(played.trace))
    print("\n".join(played.wrong) or "nothing was wrong")


if __name__ == "__main__":
    main()
