"""`python -m pasodoble` and the `pasodoble` command: both only call the command line."""

from __future__ import annotations

import sys


def run() -> None:
    from pasodoble.cli.main import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
