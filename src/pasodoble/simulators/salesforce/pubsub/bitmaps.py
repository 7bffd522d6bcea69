"""Field sets of change events as Salesforce spells them: hex bitmaps over the positions in the event's Avro schema."""

from __future__ import annotations

from collections.abc import Iterable

Position = tuple[int, int | None]
"""The place of a field in the schema and, for a part of a compound field, its place in the nested record."""


def spell_bitmaps(positions: Iterable[Position]) -> list[str]:
    """`["0x400000", "4-0x01"]`: first the fields themselves (left out when there are none), then parts by field.

    Bit i, least significant first, is field i; hex digits are capitals, in whole bytes.
    Source: Pub/Sub API, "Event Deserialization Considerations".
    """
    whole = 0
    parts: dict[int, int] = {}
    for field, part in positions:
        if part is None:
            whole |= 1 << field
        else:
            parts[field] = parts.get(field, 0) | 1 << part
    spelled = [_hex(whole)] if whole else []
    return spelled + [f"{field}-{_hex(bits)}" for field, bits in sorted(parts.items())]


def _hex(bits: int) -> str:
    width = (bits.bit_length() + 7) // 8 * 2
    return f"0x{bits:0{width}X}"
