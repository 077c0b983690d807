"""`tipdesk people` over the control port of a book that is open."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from tests.book_owner import Owner
from tests.fakes import CREATOR, FakeEntropy
from tests.histories import hash_of, payment
from tipdesk.adapters.control.server import ControlServer
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.app.people_book import book_methods
from tipdesk.cli.main import build_parser, run
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.timeline import TimelineService
from tipdesk.tips.person import PersonId


async def command(folder: Path, *arguments: str) -> int:
    """As in another process: it has a loop of its own."""
    argv: Sequence[str] = ("people", "--profile", str(folder), *arguments)
    return await asyncio.to_thread(run, build_parser()[0], argv)


async def test_a_person_is_added_listed_changed_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = Owner(tmp_path)
    MoneyHistoryStore(owner.database).save_payment(payment(1))
    timeline = cast("TimelineService", owner.timeline)
    server = ControlServer(tmp_path, book_methods(owner.book, timeline), FakeEntropy())
    await server.start()
    try:
        npub = encode_npub(CREATOR.x_only)
        assert await command(tmp_path, "add", "Ana", "--npub", npub, "--usual-sat", "21") == 0
        owner.book.note_payment(PersonId(1), hash_of(1))
        assert await command(tmp_path, "change", "1", "--address", "ana@pay.example") == 0
        assert await command(tmp_path, "list", "ana") == 0
        assert await command(tmp_path, "list", "nobody") == 0
        assert await command(tmp_path, "change", "1", "--node-id", "02") == 1
        assert await command(tmp_path, "remove", "1") == 0
        assert await command(tmp_path, "remove", "1") == 1
    finally:
        await server.stop()
        owner.database.close()
    said = capsys.readouterr()
    short = f"{npub[:20]}\u2026{npub[-10:]}"
    assert said.out.splitlines() == [
        "1",
        "Changed.",
        f"1  Ana: {short}, ana@pay.example; 7 sat sent, 0 sat received",
        "Removed. What was paid stays in the history.",
    ]
    assert said.err.splitlines() == [
        "tipdesk: A node's key has 66 letters and digits, and begins with 02 or 03.",
        "tipdesk: They are not in your people any more.",
    ]
