"""The history as text for other programs: CSV (RFC 4180) and JSON, one line each.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and the
words of strangers stand in these cells: such a cell is led by an apostrophe, as is one that
begins with a tab or a carriage return.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.tips.fiat import Fiat
from tipdesk.tips.timeline import Line

MAX_TEXT_CHARS: Final = 4_000
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_NEEDS_QUOTES: Final = re.compile('[,"\r\n]')
COLUMNS: Final = (
    "time", "kind", "state", "direction", "amount_msat", "amount_sat", "fee_msat", "fee_sat",
    "currency", "fiat_amount", "fiat_fee", "fiat_per_bitcoin", "rate_source", "rate_time",
    "person", "name", "post", "payment_hash", "receipt", "channel_id", "text", "note",
)  # fmt: skip


class ExportFormat(Enum):
    """How it is written; the value is what files end with."""

    CSV = "csv"
    JSON = "jsonl"


def header(form: ExportFormat) -> str:
    """What a file begins with."""
    return _csv(COLUMNS) if form is ExportFormat.CSV else ""


def render(line: Line, name: str, form: ExportFormat) -> str:
    """One line with its line end. `name` is what the person is called, empty if unknown."""
    cells = dict(zip(COLUMNS, _cells(line, name), strict=True))
    if form is ExportFormat.CSV:
        return _csv(tuple(cells.values()))
    named: dict[str, str | int] = {key: cell for key, cell in cells.items() if cell}
    for key in ("amount_msat", "fee_msat"):
        if key in named:
            named[key] = int(named[key])
    return json.dumps(named, ensure_ascii=False) + "\n"


def formula_safe(text: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def iso_time(at: Instant) -> str:
    """``2026-11-22T14:02:31.120Z``; empty beyond the years that a calendar has."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at.ms)
    except OverflowError:
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at.ms % 1_000:03d}Z"


def _cells(line: Line, name: str) -> tuple[str, ...]:
    direction = "out" if line.kind.is_sent else "in" if line.kind.is_received else ""
    return (
        iso_time(line.place.at),
        line.kind.value,
        line.state.value,
        direction,
        *_amounts(line.amount),
        *_amounts(line.fee),
        *_fiat(line),
        "" if line.person is None else _npub(line.person),
        many_lines(name, maximum=MAX_TEXT_CHARS),
        "" if line.post is None else line.post.hex(),
        "" if line.payment_hash is None else line.payment_hash.hex(),
        "" if line.receipt is None else line.receipt.hex(),
        "" if line.channel_id is None else line.channel_id.hex(),
        many_lines(line.text, maximum=MAX_TEXT_CHARS),
        many_lines(line.note, maximum=MAX_TEXT_CHARS),
    )


@lru_cache(maxsize=1_024)
def _npub(pubkey: XOnlyPubkey) -> str:
    """The same people stand in many lines, and bech32 is slow."""
    return encode_npub(pubkey)


def _amounts(amount: Msat | None) -> tuple[str, str]:
    """In millisatoshis and, as a decimal, in satoshis."""
    if amount is None:
        return "", ""
    whole, rest = divmod(amount.value, 1_000)
    return str(amount.value), f"{whole}.{rest:03d}" if rest else str(whole)


def _fiat(line: Line) -> tuple[str, str, str, str, str, str]:
    if line.rate is None:
        return "", "", "", "", "", ""
    rate, fee = line.rate.rate, line.rate.fee
    return (
        rate.currency.code,
        line.rate.amount.decimal,
        "" if fee is None else fee.decimal,
        Fiat(rate.currency, rate.price).decimal,
        rate.source,
        iso_time(rate.at),
    )


def _csv(cells: tuple[str, ...]) -> str:
    return ",".join(_quoted(formula_safe(cell)) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    if _NEEDS_QUOTES.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell
