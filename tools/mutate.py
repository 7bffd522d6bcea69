"""Mutation score: changes the code in small ways, one at a time, and asks whether the tests notice.

    python tools/mutate.py                              every mutant of every room in ROOMS (about an hour of one core)
    python tools/mutate.py reconcile --sample 60        60 mutants of a room by chance; --seed takes others
    python tools/mutate.py --write docs/mutation.md     the same, and keeps the figures

Prints what survived and the share that was noticed; fails under 85 % in any room. Each mutant runs in a forked process with
everything but the project already imported; a room's tests are tried in their order, so the quick ones stand first.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "src/pasodoble"
LEAST_SCORE = 0.85
EXAMPLES = "30"
TIME_LIMIT_S = 60
ROOMS = {
    "reconcile": ("tests/unit/reconcile", "tests/laws/test_laws.py"),
    "planner": ("tests/unit/planner", "tests/laws/test_laws.py"),
    "mapping/convert": ("tests/unit/mapping", "tests/laws/test_converters.py"),
}
"""The rooms of the core that are measured, each with the tests that have to notice."""
PLUGINS = ("_hypothesis_pytestplugin", "pytest_asyncio.plugin")
PRELOADED = (*PLUGINS, "hypothesis.strategies", "hypothesis.stateful", "yaml", "sqlalchemy")
"""Imported once, before the forks; the other plugins of pytest take a second to load, and are left out."""
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


class Finder(ast.NodeVisitor):
    """Collects the places of one file that can be changed, without annotations, decorators and docstrings."""

    def __init__(self) -> None:
        self.places: list[ast.AST] = []

    def generic_visit(self, node: ast.AST) -> None:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list") or (
                name == "values" and isinstance(node, ast.JoinedStr)
            ):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not is_docstring(child):
                    self.visit(child)
        if find_change(node) is not None:
            self.places.append(node)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def find_change(node: ast.AST) -> str | None:
    """What would be changed here, in a word."""
    match node:
        case ast.Compare(ops=[op]) | ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in SWAPS:
            return f"{type(op).__name__} -> {SWAPS[type(op)].__name__}"
        case ast.UnaryOp(op=ast.Not()):
            return "not dropped"
        case ast.Constant(value=bool() | int() | float() as value):
            return f"{value!r} changed"
        case ast.Constant(value=str() as value) if value:
            return f"{value[:20]!r} changed"
        case ast.If() | ast.IfExp():
            return "condition turned round"
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            return "returns None"
    return None


def change(node: ast.AST) -> None:
    match node:
        case ast.Compare():
            node.ops = [SWAPS[type(node.ops[0])]()]  # type: ignore[list-item]  # a table of operators
        case ast.BoolOp() | ast.BinOp():
            node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]  # a table of operators
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(op=ast.Not(), operand=node.operand)
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() | float() as value):
            node.value = value + 1
        case ast.Constant(value=str() as value):
            node.value = f"{value}~"
        case ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        case ast.Return():
            node.value = ast.Constant(value=None)


@dataclass(frozen=True)
class Mutant:
    """One change of one module. `about`: where, and what."""

    module: str
    about: str
    code: CodeType


def iter_mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    finder = Finder()
    finder.visit(tree)
    for position in range(len(finder.places)):
        mutant = copy.deepcopy(tree)
        again = Finder()
        again.visit(mutant)
        node = again.places[position]
        about = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')}: {find_change(node)}"
        change(node)
        yield Mutant(module_name(path), about, compile(ast.fix_missing_locations(mutant), str(path), "exec"))


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant's code for one module's name."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> object:  # type: ignore[override]  # PEP 451
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: object) -> None:  # type: ignore[override]  # only its namespace is needed
        exec(self.code, vars(module))  # noqa: S102 - that is the point


def is_noticed(mutant: Mutant | None, tests: Sequence[str]) -> bool:
    """Whether the tests fail with this mutant in place of its module; without one, whether they fail as things are."""
    child = os.fork()
    if child == 0:
        signal.alarm(TIME_LIMIT_S)
        with Path(os.devnull).open("w") as silence:
            os.dup2(silence.fileno(), 1)
            os.dup2(silence.fileno(), 2)
            if mutant is not None:
                sys.meta_path.insert(0, Loader(mutant.module, mutant.code))
            plugins = [sys.modules[name] for name in PLUGINS]
            failed = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests], plugins) != 0
        os._exit(int(failed))
    return os.waitpid(child, 0)[1] != 0


@dataclass(frozen=True)
class Score:
    """What became of a room's mutants. `all_count` is how many there are, of which `tried_count` were tried."""

    room: str
    all_count: int
    tried_count: int
    survivors: tuple[str, ...]
    duration_s: float

    @property
    def share(self) -> float:
        return 1 - len(self.survivors) / self.tried_count


def measure(room: str, options: argparse.Namespace) -> Score:
    tests = ROOMS[room]
    every = [mutant for path in sorted((CODE / room).rglob("*.py")) for mutant in iter_mutants(path)]
    tried = every
    if options.sample and options.sample < len(every):
        tried = random.Random(options.seed).sample(every, options.sample)  # noqa: S311 - a sample, no secret
    if is_noticed(None, tests):
        sys.exit(f"{room}: the tests fail as things are. Mend that first: pytest {' '.join(tests)}")
    began = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        survivors = []
        for mutant, noticed in zip(tried, pool.map(lambda one: is_noticed(one, tests), tried), strict=True):
            if not noticed:
                survivors.append(mutant.about)
                print(f"survived  {mutant.about}", flush=True)  # noqa: T201
    score = Score(room, len(every), len(tried), tuple(survivors), time.monotonic() - began)
    caught = score.tried_count - len(survivors)
    print(f"{room}: {caught} of {score.tried_count} mutants noticed, {score.share:.1%}", flush=True)  # noqa: T201
    return score


def render(scores: Sequence[Score], command: str) -> str:
    rows = [
        f"| `{s.room}` | {s.all_count} | {s.tried_count} | {s.tried_count - len(s.survivors)} | {s.share:.1%} |"
        f" {s.duration_s / 60:.0f} min |"
        for s in scores
    ]
    lines = [
        "# Mutation score",
        "",
        "How well the tests guard the core: its code is changed in small ways, one at a time (a comparison turned round, a",
        "constant moved, a result dropped), and the tests have to fail each time. Written by a run, never by hand:",
        "",
        f"    {command}",
        "",
        f"{time.strftime('%Y-%m-%d')}, with {EXAMPLES} examples to a law. At least {LEAST_SCORE:.0%} is asked of every room.",
        "",
        "| room | mutants | tried | noticed | score | took |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "Survivors:",
        "",
        *(f"- `{about}`" for s in scores for about in s.survivors),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", default=list(ROOMS), metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument("--sample", type=int, help="so many mutants of each room, by chance")
    parser.add_argument("--seed", type=int, default=1, help="which ones the chance takes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", type=Path, help="a page for the figures")
    options = parser.parse_args()
    if unknown := set(options.rooms) - set(ROOMS):
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    os.environ.setdefault("PASODOBLE_EXAMPLES", EXAMPLES)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in PRELOADED:
        importlib.import_module(name)
    scores = [measure(room, options) for room in options.rooms]
    if options.write:
        options.write.write_text(render(scores, " ".join(["python", *sys.argv])), encoding="utf-8")
    return int(any(score.share < LEAST_SCORE for score in scores))


def module_name(path: Path) -> str:
    parts = path.resolve().relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


if __name__ == "__main__":
    sys.exit(main())
