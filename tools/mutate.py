"""Mutation score: changes the code in small ways, one at a time, and asks whether the tests notice.

    python tools/mutate.py src/pasodoble/mapping/convert tests/unit/mapping tests/laws/test_converters.py

Prints what survived and the share that was noticed; fails under 85 %. Each mutant runs in a forked process with everything
but the project already imported; test paths are tried in the order given, so put the quick ones first.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).parent.parent
LEAST_SCORE = 0.85
TIME_LIMIT_S = 60
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


def iter_mutants(path: Path) -> Iterator[tuple[str, CodeType]]:
    """(where and what, code) of every mutant of a file."""
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
        yield about, compile(ast.fix_missing_locations(mutant), str(path), "exec")


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant's code for one module's name."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> object:  # type: ignore[override]  # PEP 451
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: object) -> None:  # type: ignore[override]  # only its namespace is needed
        exec(self.code, vars(module))  # noqa: S102 - that is the point


def is_noticed(name: str, code: CodeType | None, tests: list[str]) -> bool:
    """Whether the tests fail with this code in place of the module's; without code, whether they fail as things are."""
    child = os.fork()
    if child == 0:
        signal.alarm(TIME_LIMIT_S)
        with (
            Path(os.devnull).open("w") as silence,
            contextlib.redirect_stdout(silence),
            contextlib.redirect_stderr(silence),
        ):
            os.dup2(silence.fileno(), 1)
            os.dup2(silence.fileno(), 2)
            if code is not None:
                sys.meta_path.insert(0, Loader(name, code))
            failed = any(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", test]) for test in tests)
        os._exit(int(failed))
    return os.waitpid(child, 0)[1] != 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("code", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--sample", type=int, help="so many mutants, by chance (the same ones each time)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    os.environ.setdefault("PASODOBLE_EXAMPLES", "30")
    files = sorted(options.code.rglob("*.py")) if options.code.is_dir() else [options.code]
    mutants = [(module_name(path), *mutant) for path in files for mutant in iter_mutants(path.resolve())]
    if options.sample and options.sample < len(mutants):
        mutants = random.Random(1).sample(mutants, options.sample)  # noqa: S311 - a sample, no secret
    if is_noticed("", None, options.tests):
        print("The tests fail as things are: mend that first.")  # noqa: T201
        return 1
    with ThreadPoolExecutor(options.jobs) as pool:
        noticed = list(pool.map(lambda mutant: is_noticed(mutant[0], mutant[2], options.tests), mutants))
    for (_, about, _), seen in zip(mutants, noticed, strict=True):
        if not seen:
            print(f"survived  {about}")  # noqa: T201
    score = sum(noticed) / len(noticed)
    print(f"{options.code}: {sum(noticed)} of {len(noticed)} mutants noticed, {score:.1%}")  # noqa: T201
    return int(score < LEAST_SCORE)


def module_name(path: Path) -> str:
    parts = path.resolve().relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


if __name__ == "__main__":
    sys.exit(main())
