"""What a query can be refused for, worded as Salesforce words it: a cut of the query, a caret, row and column, the reason.

Status codes and JSON around the message belong to the REST shell, not here.
"""

from __future__ import annotations

import re

BEFORE = 32
AFTER = 44
"""How much of a long query is shown left and right of the caret; both ends are then moved in to a word's edge."""

NAMES_HINT = "Please reference your WSDL or the describe call for the appropriate names."


class SoqlError(Exception):
    """A query that is refused. `code` is Salesforce's error code, `message` the whole text as sent.

    The text is made whole by `locate`, once the statement is known; a reason without a place stands alone.
    """

    def __init__(self, code: str, reason: str, at: int | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.message = reason
        self._at = at

    def locate(self, statement: str) -> SoqlError:
        """Put the caret's picture before the reason, once."""
        if self._at is not None:
            self.message = picture(statement, self._at) + self.message
            self._at = None
        return self


def picture(statement: str, at: int) -> str:
    """The lines that show where in `statement` something is wrong.

    Recorded form: a line break, the cut, a line with the caret, `ERROR at Row:r:Column:c`, a line break.
    """
    at = min(at, len(statement))
    line_start = statement.rfind("\n", 0, at) + 1
    line_end = statement.find("\n", at)
    line_end = len(statement) if line_end < 0 else line_end
    left, right = _edges(statement, line_start, line_end, at)
    row = statement.count("\n", 0, at) + 1
    column = at - line_start + 1
    return f"\n{statement[left:right]}\n{' ' * (at - left)}^\nERROR at Row:{row}:Column:{column}\n"


def _edges(statement: str, start: int, end: int, at: int) -> tuple[int, int]:
    left, right = start, end
    if at - BEFORE > start:
        word = re.compile(r"(?<![\w.])[\w.]").search(statement, at - BEFORE, at)
        left = word.start() if word else at
    if at + AFTER < end:
        words = list(re.finditer(r"[\w.]+", statement[at : at + AFTER]))
        fits = [w.end() for w in words if not re.match(r"[\w.]", statement[at + w.end() : at + w.end() + 1])]
        right = at + (fits[-1] if fits else AFTER)
    return left, right


def malformed(reason: str, at: int | None = None) -> SoqlError:
    return SoqlError("MALFORMED_QUERY", reason, at)


def too_complicated() -> SoqlError:
    return SoqlError(
        "QUERY_TOO_COMPLICATED",
        "Query is either selecting too many fields or the filter conditions are too complicated.",
    )


def unknown_column(name: str, entity: str, at: int | None) -> SoqlError:
    return SoqlError(
        "INVALID_FIELD",
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        f"the '__c' after the custom field name. {NAMES_HINT}",
        at,
    )


def unknown_entity(name: str, at: int | None) -> SoqlError:
    return SoqlError(
        "INVALID_TYPE",
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        f"'__c' after the entity name. {NAMES_HINT}",
        at,
    )


def unknown_parent(name: str, at: int | None) -> SoqlError:
    return SoqlError(
        "INVALID_FIELD",
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be "
        f"sure to append the '__r' after the custom relationship name. {NAMES_HINT}",
        at,
    )


def unknown_child(name: str, at: int | None) -> SoqlError:
    return SoqlError(
        "INVALID_TYPE",
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a custom "
        f"relationship, be sure to append the '__r' after the custom relationship name. {NAMES_HINT}",
        at,
    )
