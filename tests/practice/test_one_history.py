"""Whole tips on the practice network stand in both histories, with what they were worth."""

import json
from pathlib import Path
from typing import Any

from tests.practising import demo
from tipdesk.app.export import export_history
from tipdesk.practice.cast import CREATORS
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import EVERYTHING

TIPS = 3
AMOUNT_SAT = 5_000


async def history(profile: Path) -> list[dict[str, Any]]:
    path = profile / "history.jsonl"
    await export_history(profile, path, ExportFormat.JSON, EVERYTHING)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_what_was_sent_was_received_and_both_sides_know_its_worth(tmp_path: Path) -> None:
    code, _ = await demo(tmp_path, tips=TIPS, amount_sat=AMOUNT_SAT)
    assert code == 0
    lines = await history(tmp_path / "fan")
    sent = [line for line in lines if line["kind"] == "tip sent"]
    others = sorted(line["kind"] for line in lines if line not in sent)
    assert others == ["channel opened", "received on chain"]
    received = [
        line
        for member in CREATORS
        for line in await history(tmp_path / "practice" / member.name)
        if line["kind"] == "tip received"
    ]
    assert len(sent) == TIPS
    assert {line["payment_hash"] for line in sent} == {line["payment_hash"] for line in received}
    for line in (*sent, *received):
        assert (line["state"], line["amount_sat"], line["currency"]) == (
            "settled",
            str(AMOUNT_SAT),
            "USD",
        )
        # About 60,000 dollars a bitcoin, by a market that nobody takes for a real one.
        assert 2.5 < float(line["fiat_amount"]) < 3.5
        assert line["rate_source"] in ("practice market", "practice feed")
    assert all(line["post"] for line in sent)
    assert sorted(line["post"] for line in sent) == sorted(line["post"] for line in received)
    assert len({line["person"] for line in received}) == 1
