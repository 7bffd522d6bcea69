"""Salesforce's formula language: formula fields, validation rules and whatever else an org decides by formula.

    read = compile_formula("Account.Owner.Email", view, sobject, result=field)    # row -> value of the field's type
    fails = compile_condition("ISCHANGED(Email)", view, sobject)                  # (row, row before or None) -> bool
    fields_read("Amount * Probability", view, sobject)                            # {"Amount", "Probability"}

All raise FormulaError, a sentence for whoever wrote the formula. Where rules are kept and obeyed does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import localcontext
from typing import Any

from pasodoble.simulators.salesforce.formula.compiler import Compiled, Compiler, Evaluate, Record, compiling
from pasodoble.simulators.salesforce.formula.functions import Unworkable
from pasodoble.simulators.salesforce.formula.kinds import PRECISE, Kind, kind_of, storer
from pasodoble.simulators.salesforce.formula.syntax import FormulaError, parse_formula
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.view import View

__all__ = ["FormulaError", "compile_condition", "compile_formula", "fields_read"]


def compile_formula(text: str, view: View, sobject: Sobject, *, result: Field) -> Callable[[Row], Any]:
    """A formula field: a function from a row to what the field shows, null where the formula cannot be worked out.

    Blank number fields count as zero unless the field's `formulaTreatNullNumberAsZero` is false.
    """
    blank_is_zero = bool(result.told.get("formulaTreatNullNumberAsZero", True))
    compiler = Compiler(view, sobject, on_write=False, blank_is_zero=blank_is_zero)
    token = compiling().set(compiling().get() | {(sobject.name, result.name)})
    try:
        compiled = compiler.compile_whole(parse_formula(text))
    finally:
        compiling().reset(token)
    compiler.refuse_picklist(compiled)
    _ensure_result(compiled, kind_of(result) or Kind.TEXT)
    blank = False if compiled.kind is Kind.BOOLEAN else None
    evaluate = guarded(compiled.evaluate, storer(result), blank)
    return lambda row: evaluate(Record(row))


def compile_condition(text: str, view: View, sobject: Sobject) -> Callable[[Row, Row | None], bool]:
    """A rule's condition, as a function of the row and of the row before the write (None when it is new).

    Blank and unworkable count as false. Blank number fields are blank, not zero.
    """
    compiled = Compiler(view, sobject, on_write=True, blank_is_zero=False).compile_whole(parse_formula(text))
    _ensure_result(compiled, Kind.BOOLEAN)
    evaluate = guarded(compiled.evaluate, bool, blank=False)
    return lambda row, before: bool(evaluate(Record(row, before)))


def fields_read(text: str, view: View, sobject: Sobject) -> frozenset[str]:
    """The fields a formula names: own ones by API name, others by their path as written."""
    compiler = Compiler(view, sobject, on_write=True, blank_is_zero=False)
    compiler.compile_whole(parse_formula(text))
    return frozenset(compiler.reads)


def guarded(evaluate: Evaluate, store: Callable[[Any], Any], blank: Any) -> Evaluate:
    """Work out with enough digits and put in the stored form; what cannot be worked out is `blank`."""

    def run(record: Record) -> Any:
        with localcontext(PRECISE):
            try:
                return store(evaluate(record))
            except (Unworkable, ArithmeticError, ValueError):
                return blank

    return run


def _ensure_result(compiled: Compiled, expected: Kind) -> None:
    if compiled.kind not in (expected, Kind.NULL):
        raise FormulaError(
            f"Formula result is data type ({compiled.kind.value}), "
            f"incompatible with expected data type ({expected.value})."
        )
