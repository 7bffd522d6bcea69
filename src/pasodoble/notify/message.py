"""A digest in words: a subject and lines, in the alert's language. How they are sent does not belong here."""

from __future__ import annotations

from dataclasses import dataclass

from pasodoble.model.alert import Digest, Trouble
from pasodoble.model.message import Message
from pasodoble.words import say
from pasodoble.words.causes import describe_cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a person reads. `lines`: one a cause, after the one that says why a run stopped."""

    subject: str
    lines: tuple[str, ...]
    address: str = ""


def write_letter(digest: Digest, language: str) -> Letter:
    count = sum(trouble.count for trouble in digest.troubles)
    subject = _choose_subject(digest, count)
    lines = [_say_stop(digest.stopped, language)] if digest.stopped else []
    lines += [_say_trouble(trouble, language) for trouble in digest.troubles]
    return Letter(subject=say(subject, language), lines=tuple(lines), address=digest.address)


def _choose_subject(digest: Digest, count: int) -> Message:
    if digest.stopped:
        return Message.of("alert.stopped_subject", connection=digest.connection)
    if not digest.troubles:
        return Message.of("alert.sample_subject", connection=digest.connection)
    return Message.of("alert.subject", connection=digest.connection, count=count)


def _say_stop(stopped: str, language: str) -> str:
    return say(Message.of("alert.stopped", reason=stopped), language)


def _say_trouble(trouble: Trouble, language: str) -> str:
    words = describe_cause(trouble.cause, language)
    new = max(0, trouble.count - trouble.told)
    line = Message.of("alert.cause", count=trouble.count, new=new, title=words.title, fix=words.fix)
    return say(line, language)
