"""How to reach someone: e-mail addresses, phone numbers, web addresses.

They are compared in a strict spelling and sent as people wrote them: nobody's phone number is reformatted. Whether an
address belongs to the record does not belong here.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from pasodoble.mapping.convert.codec import Carried, Codec, Cross, Lookup, Loss, Spelling, Unfit
from pasodoble.mapping.convert.text import BLANKS, fit_length, read_text, render_text
from pasodoble.model.side import Pair
from pasodoble.model.value import Raw, Value

# --- e-mail ----------------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"]+@[^@\s,;:<>()\[\]\"]+\.[^@\s.,;:<>()\[\]\"]+")


_EDGES = f"{BLANKS}\u00a0\ufeff\u3000"
"""What is pasted along with an address, and is no part of it."""


def read_email(raw: Raw) -> Value:
    """Lower case, the domain in its ASCII form. Whatever it is, it is given: whether it is an address shows in crossing."""
    text = str(raw).strip(_EDGES).lower()
    return (text or None) if text.isascii() else _trim(read_text(_spell_domain(text)))


def _trim(text: Value) -> Value:
    return (text.strip(_EDGES) or None) if isinstance(text, str) else text


def _spell_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode().lower()}" if at else address
    except UnicodeError:
        return address


def cross_email(length: int | None) -> Cross:
    fit = fit_length(length)

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return fit(value, lookup) if _ADDRESS.fullmatch(str(value)) else Unfit("value.invalid_email")

    return cross


def email_codec(lengths: Pair[int | None]) -> Codec:
    across = Pair(cross_email(lengths.salesforce), cross_email(lengths.hubspot))
    spelling = Spelling(read_email, render_text)
    return Codec(name="email", loss=Loss.LOSSLESS, spellings=Pair(spelling, spelling), across=across, sends_raw=True)


# --- phone -----------------------------------------------------------------------------------------------------------

_FORMATTING = str.maketrans("", "", " \t\u00a0().-/")
_PLAIN = re.compile(r"\+(?:1[2-9]\d{9}|34[5-9]\d{8}|33[1-9]\d{8}|44[1-9]\d{9})", re.ASCII)
"""Numbers that are E.164 as they stand, for the countries that have many: no need to ask the library."""


def read_phone(raw: Raw) -> Value:
    """E.164 where the number says its country, else its digits; a number that has none is text like any other."""
    text = raw if isinstance(raw, str) else str(raw)
    bare = text.translate(_FORMATTING)
    if _PLAIN.fullmatch(bare):
        return bare
    if bare.isdecimal() and not bare.startswith("00") and bare.isascii():
        return bare
    return _parse_phone(text)


@lru_cache(maxsize=65_536)
def _parse_phone(text: str) -> str | None:
    number = text.strip()
    if number.startswith("00"):
        number = f"+{number[2:]}"
    try:
        parsed = phonenumbers.parse(number)
        e164 = _spell_e164(parsed)
        # Not a row of trunk zeros either, which would lose one more at every reading.
        sound = phonenumbers.is_possible_number(parsed) and _spell_e164(phonenumbers.parse(e164)) == e164
    except phonenumbers.NumberParseException:
        sound = False
    if not sound:
        return _keep_digits(text)
    return f"{e164}x{parsed.extension}" if parsed.extension else e164


def _spell_e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _keep_digits(text: str) -> str | None:
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if digits.startswith("00") and digits != text:
        return _parse_phone(digits)
    return digits or read_text(text)  # type: ignore[return-value]  # a text or a blank


def phone_codec(lengths: Pair[int | None]) -> Codec:
    """The length is that of the strict spelling; a longer spelling of a person's is refused by the vendor itself."""
    across = Pair(fit_length(lengths.salesforce), fit_length(lengths.hubspot))
    spelling = Spelling(read_phone, render_text)
    return Codec(name="phone", loss=Loss.LOSSLESS, spellings=Pair(spelling, spelling), across=across, sends_raw=True)


# --- web addresses ---------------------------------------------------------------------------------------------------


_WEB = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)?([^/?#]*)(.*)", re.DOTALL)


def read_url(raw: Raw) -> Value:
    """Scheme and host in lower case, no lone slash behind the host. With and without `www.` stay apart."""
    text = read_text(raw)
    if not isinstance(text, str):
        return text
    scheme, host, rest = _WEB.fullmatch(text).groups(default="")  # type: ignore[union-attr]  # matches any text
    return read_text(scheme.lower() + host.lower() + ("" if host and rest == "/" else rest))


def url_codec(lengths: Pair[int | None]) -> Codec:
    across = Pair(fit_length(lengths.salesforce), fit_length(lengths.hubspot))
    spelling = Spelling(read_url, render_text)
    return Codec(name="url", loss=Loss.LOSSLESS, spellings=Pair(spelling, spelling), across=across, sends_raw=True)
