"""bLIP-10: what podcast apps put into a keysend. All that is read here is the payer's own word."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat

RECORD_TYPE: Final = 7_629_169
MAX_RECORD_BYTES: Final = 600
"""All records of a payment together, with their headers, as the onion has room (see
`KeysendRequest`); what comes in may be longer."""
_HEADER_BYTES: Final = 16
_MAX_READ: Final = 8_192
_MAX_NAME: Final = 80
_MAX_MESSAGE: Final = 500
_APP: Final = "TipDesk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boost:
    """What a payment says of itself. `claimed_total` is of all its splits; only what settled
    counts."""

    sender_name: str = ""
    message: str = ""
    app_name: str = ""
    podcast: str = ""
    episode: str = ""
    action: str = ""
    claimed_total: Msat | None = None


def records(*, amount: Msat, message: str, sender_name: str = "") -> tuple[tuple[int, bytes], ...]:
    """The records of a tip to a node; a message that is too long is cut at the end."""
    fields = {
        "action": "boost",
        "app_name": _APP,
        "value_msat": amount.value,
        "value_msat_total": amount.value,
    }
    said: dict[str, object] = dict(fields)
    if sender_name:
        said["sender_name"] = sender_name
    room = MAX_RECORD_BYTES - _HEADER_BYTES
    text = message
    while True:
        told = said | ({"message": text} if text else {})
        data = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        if len(data) <= room or not text:
            return ((RECORD_TYPE, data),)
        text = text[: max(0, len(text) - max(1, (len(data) - room) // 4))]


def words(message: str) -> tuple[tuple[int, bytes], ...]:
    """A message along with a payment, and nothing of who sends it; whole, or `ValueError`."""
    data = json.dumps({"message": message}, ensure_ascii=False, separators=(",", ":")).encode()
    if len(data) > MAX_RECORD_BYTES - _HEADER_BYTES:
        raise ValueError(f"a message of {len(data)} bytes goes along with no payment")
    return ((RECORD_TYPE, data),) if message else ()


def read_boost(found: Sequence[tuple[int, bytes]]) -> Boost | None:
    """The boost among a payment's records; None if there is none that can be read."""
    data = next((value for kind, value in found if kind == RECORD_TYPE), None)
    if data is None:
        return None
    try:
        fields = strict_json.parse_object(data, maximum=_MAX_READ)
    except DecodeError:
        return None
    return Boost(
        sender_name=one_line(_text(fields, "sender_name"), maximum=_MAX_NAME),
        message=many_lines(_text(fields, "message"), maximum=_MAX_MESSAGE),
        app_name=one_line(_text(fields, "app_name"), maximum=_MAX_NAME),
        podcast=one_line(_text(fields, "podcast"), maximum=_MAX_NAME),
        episode=one_line(_text(fields, "episode"), maximum=_MAX_NAME),
        action=one_line(_text(fields, "action"), maximum=20),
        claimed_total=_amount(fields, "value_msat_total"),
    )


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _amount(fields: Mapping[str, object], name: str) -> Msat | None:
    value = fields.get(name)
    return Msat(value) if type(value) is int and 0 < value < 1 << 63 else None
