"""What is exported reads back as it was, and no cell of it is a formula."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CREATOR, START
from tests.histories import POST, RATE, USD, hash_of
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, EventId
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.tips.export import (
    COLUMNS,
    FORMULA_STARTS,
    MAX_TEXT_CHARS,
    ExportFormat,
    formula_safe,
    header,
    iso_time,
    render,
)
from tipdesk.tips.fiat import Fiat
from tipdesk.tips.timeline import Line, LineKind, LineState, Place, SettledRate

LINE = Line(
    place=Place(START.plus_ms(7), 1),
    kind=LineKind.TIP_SENT,
    state=LineState.SETTLED,
    amount=Msat(21_500),
    fee=Msat(1_000),
    person=CREATOR.x_only,
    post=POST,
    payment_hash=hash_of(1),
    receipt=EventId(b"\x05" * 32),
    channel_id=None,
    text="thanks",
    note="",
    rate=SettledRate(RATE, Fiat(USD, 1_234), Fiat(USD, 5)),
)
BARE = replace(
    LINE,
    amount=None,
    fee=None,
    person=None,
    post=None,
    payment_hash=None,
    receipt=None,
    channel_id=ChannelId(b"\x06" * 32),
    kind=LineKind.CHANNEL_CLOSED,
    rate=None,
)


def read_csv(*lines: str) -> list[dict[str, str]]:
    text = header(ExportFormat.CSV) + "".join(lines)
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_line_tells_all_that_is_known() -> None:
    (row,) = read_csv(render(LINE, "Ana", ExportFormat.CSV))
    assert tuple(row) == COLUMNS
    assert row == {
        "time": "2023-11-14T22:13:20.007Z",
        "kind": "tip sent",
        "state": "settled",
        "direction": "out",
        "amount_msat": "21500",
        "amount_sat": "21.500",
        "fee_msat": "1000",
        "fee_sat": "1",
        "currency": "USD",
        "fiat_amount": "12.34",
        "fiat_fee": "0.05",
        "fiat_per_bitcoin": "50000.00",
        "rate_source": "practice",
        "rate_time": "2023-11-14T22:13:20.000Z",
        "person": encode_npub(CREATOR.x_only),
        "name": "Ana",
        "post": POST.hex(),
        "payment_hash": hash_of(1).hex(),
        "receipt": "05" * 32,
        "channel_id": "",
        "text": "thanks",
        "note": "",
    }


def test_what_is_not_known_is_empty_in_csv_and_absent_in_json() -> None:
    (row,) = read_csv(render(BARE, "", ExportFormat.CSV))
    told = {name: cell for name, cell in row.items() if cell}
    assert set(told) == {"time", "kind", "state", "channel_id", "text"}
    assert json.loads(render(BARE, "", ExportFormat.JSON)) == told


def test_json_has_whole_millisatoshis_and_exact_decimals() -> None:
    found = json.loads(render(LINE, "Ana", ExportFormat.JSON))
    assert (found["amount_msat"], found["fee_msat"]) == (21_500, 1_000)
    assert (found["amount_sat"], found["fiat_amount"]) == ("21.500", "12.34")
    assert header(ExportFormat.JSON) == ""


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=5))
def test_any_texts_read_back_after_the_rule_for_formulas(texts: list[tuple[str, str, str]]) -> None:
    def kept(text: str) -> str:
        return many_lines(text, maximum=MAX_TEXT_CHARS)

    lines = [(replace(LINE, text=text, note=note), name) for text, note, name in texts]
    rows = read_csv(*(render(line, name, ExportFormat.CSV) for line, name in lines))
    assert [(row["text"], row["note"], row["name"]) for row in rows] == [
        tuple(formula_safe(kept(text)) for text in three) for three in texts
    ]
    for line, name in lines:
        text = render(line, name, ExportFormat.JSON)
        assert text.count("\n") == 1
        found = json.loads(text)
        assert found.get("text", "") == kept(line.text)
        assert found.get("name", "") == kept(name)


@given(st.text(min_size=1))
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    safe = formula_safe(text)
    assert not safe.startswith(FORMULA_STARTS)
    assert safe in (text, f"'{text}")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")'])
def test_formulas_are_led_by_an_apostrophe(text: str) -> None:
    assert formula_safe(text) == f"'{text}"
    (row,) = read_csv(render(replace(LINE, text=text), "", ExportFormat.CSV))
    assert not row["text"].startswith(FORMULA_STARTS)


def test_a_time_beyond_the_calendar_is_left_out() -> None:
    assert iso_time(Instant(10**17)) == ""
    assert iso_time(Instant(-1)) == "1969-12-31T23:59:59.999Z"
