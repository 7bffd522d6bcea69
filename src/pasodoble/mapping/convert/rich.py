"""Marked-up text: what it says, without the markup.

Both vendors sanitise HTML, each in its own way, so marked-up texts are compared by their words and line breaks (MV-13). Where
both sides are marked up the source goes as it is; where one is plain, words go there and markup never comes back over them.
Plain text does not belong here (`text`).
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from pasodoble.mapping.convert.codec import Codec, Loss, Spelling
from pasodoble.mapping.convert.text import TEXT, fit_length, read_text
from pasodoble.model.side import Pair
from pasodoble.model.value import Raw, Value

_BREAKING = frozenset(
    "address article blockquote br div dd dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split()
)
_SILENT = frozenset(("script", "style", "head", "title"))


class _Words(HTMLParser):
    """Collects what a reader would see: blanks run together, a new line where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent_depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent_depth += tag in _SILENT
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent_depth = max(0, self.silent_depth - (tag in _SILENT))
        if tag in _BREAKING and tag not in ("br", "hr"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent_depth:
            self.parts.append(data.replace("\n", " "))


def read_html(raw: Raw) -> Value:
    parser = _Words()
    parser.feed(str(raw))
    parser.close()
    return squeeze("".join(parser.parts))


def squeeze(text: str) -> Value:
    """Blanks run together, empty lines left out."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return read_text("\n".join(line for line in lines if line))


def read_plain(raw: Raw) -> Value:
    """A plain text that answers to a marked-up one is compared in the same squeezed way."""
    return squeeze(str(raw))


def render_html(value: str | bool) -> Raw:
    return "".join(f"<p>{escape(line)}</p>" for line in str(value).split("\n"))


HTML = Spelling(read_html, render_html)
PLAIN = Spelling(read_plain, TEXT.render)


def rich_codec(marked: Pair[bool], lengths: Pair[int | None]) -> Codec:
    """`marked`: whether each side holds markup."""
    return Codec(
        name="rich_text",
        loss=Loss.LOSSLESS if all(marked) else Loss.ONE_WAY,
        spellings=marked.map(lambda html: HTML if html else PLAIN),
        across=Pair(fit_length(lengths.salesforce), fit_length(lengths.hubspot)),
        sends_raw=all(marked),
    )
