"""The one history as front ends have it: pages, notes, channels, and files that are whole or not
there."""

import asyncio
import csv
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes import CREATOR, START, FakeClock
from tests.histories import RATE, SCHEMA, hash_of, incoming, payment, tip, zap
from tests.waiting import eventually
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.export_file import ReplacingFile
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.records import MoneyHistoryStore, MoneyIncomingStore
from tipdesk.adapters.storage.timeline import MoneyRateStore, MoneyTimelineStore
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.limits import NO_SHARE
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.timeline import ExportFailed
from tipdesk.services.bus import Bus
from tipdesk.services.events import ChannelsChanged, TimelineChanged
from tipdesk.services.profiles import Profiles
from tipdesk.services.timeline import EXPORTED_AT_ONCE, Surroundings, TimelineService
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.timeline import LineKind, Search
from tipdesk.tips.tip import TipStatus


def channel(number: int, status: ChannelStatus, ours: int = 5_000) -> ChannelView:
    return ChannelView(
        channel_id=ChannelId(bytes([number]) * 32),
        peer=NodeId(b"\x02" * 33),
        peer_alias="Router",
        status=status,
        capacity=Sat(10_000),
        ours=Msat(ours),
        theirs=Msat(0),
        our_reserve=Sat(0),
        their_reserve=Sat(0),
        spendable=Msat(0),
        receivable=Msat(0),
        in_flight=Msat(0),
        is_funder=True,
        announced=False,
        short_channel_id=None,
        share=NO_SHARE,
    )


@dataclass
class Desk:
    database: MoneyDatabase
    bus: Bus = field(default_factory=Bus)
    clock: FakeClock = field(default_factory=FakeClock)
    channels: list[ChannelView] = field(default_factory=list)
    noted: list[tuple[PaymentHash, str]] = field(default_factory=list)
    changes: int = 0

    def service(self) -> TimelineService:
        profiles = Profiles(Network.REGTEST)

        def count(_: TimelineChanged) -> None:
            self.changes += 1

        self.bus.subscribe(TimelineChanged, count)
        return TimelineService(
            store=MoneyTimelineStore(self.database),
            surroundings=Surroundings(
                profile=profiles.view,
                name=lambda line: "" if line.person is None else profiles.view(line.person).title,
                channels=lambda: tuple(self.channels),
                note_received=lambda key, text: self.noted.append((key, text)),
                open_file=ReplacingFile,
            ),
            bus=self.bus,
            clock=self.clock,
        )

    def pay(self, count: int, text: str = "coffee") -> None:
        wallet = MoneyHistoryStore(self.database)
        for number in range(count):
            wallet.save_payment(payment(number, text=text))


def hidden(folder: Path) -> list[Path]:
    """What an export that did not end would leave."""
    return list(folder.glob(".*"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    yield Desk(database)
    database.close()


def test_pages_lead_on_to_one_another_and_end(desk: Desk) -> None:
    desk.pay(7)
    service = desk.service()
    first = service.page(limit=5)
    assert first.rest is not None
    second = service.page(before=first.rest, limit=5)
    assert (len(first.lines), len(second.lines), second.rest) == (5, 2, None)


def test_a_line_says_what_it_was_worth_or_that_no_rate_was_known(desk: Desk) -> None:
    MoneyRateStore(desk.database).put_rate(RATE)
    desk.pay(1)
    MoneyRateStore(desk.database).put_rate(None)
    tips, wallet = MoneyTipStore(desk.database), MoneyHistoryStore(desk.database)
    tips.save_tip(tip(2, status=TipStatus.PAID))
    tips.save_tip(tip(3))
    wallet.save_payment(payment(4, Direction.OUT, PaymentState.FAILED, "a\u202eb\x07"))
    lines = desk.service().page().lines
    assert [line.worth for line in lines] == ["", "", "no rate was known", "0.00 USD"]
    assert lines[0].text == "ab"
    assert lines[2].person is not None
    assert lines[2].person.pubkey == CREATOR.x_only


def test_notes_on_received_tips_are_the_desks_and_others_are_kept_here(desk: Desk) -> None:
    desk.pay(1)
    MoneyIncomingStore(desk.database).save_incoming(incoming(2, zap(0)))
    service = desk.service()
    received, paid = (view.line for view in service.page().lines)
    service.note(received, "from \x07Ana")
    service.note(paid, "for\tBea")
    assert desk.noted == [(hash_of(2), "from Ana")]
    (found,) = service.page(Search(words="bea")).lines
    assert (found.line.kind, found.line.note) == (LineKind.PAYMENT_SENT, "for    Bea")
    assert desk.changes == 2


def test_a_payments_note_is_the_one_of_its_line(desk: Desk) -> None:
    desk.pay(1)
    service = desk.service()
    service.note_payment(hash_of(0), "for\x07 Bea")
    (found,) = service.page(Search(words="bea")).lines
    assert found.line.note == service.payment_note(hash_of(0)) == "for Bea"
    assert desk.changes == 1


async def test_channels_are_written_down_when_they_open_and_when_they_close(desk: Desk) -> None:
    desk.channels = [channel(1, ChannelStatus.OPENING), channel(2, ChannelStatus.FAILED)]
    service = desk.service()

    def kinds() -> list[tuple[str, Msat | None]]:
        return [(view.line.kind.name, view.line.amount) for view in service.page().lines]

    async with asyncio.TaskGroup() as group:
        task = group.create_task(service.run())
        await asyncio.sleep(0)
        assert kinds() == []
        desk.channels = [channel(1, ChannelStatus.CONFIRMING), channel(3, ChannelStatus.OFFLINE)]
        desk.bus.publish(ChannelsChanged())
        await eventually(lambda: len(kinds()) == 2, "two channels opened")
        desk.clock.pass_ms(5)
        desk.channels = [channel(1, ChannelStatus.CLOSING, ours=0)]
        desk.bus.publish(ChannelsChanged())
        await eventually(lambda: len(kinds()) == 4, "two channels closed")
        task.cancel()
    assert kinds()[:2] == [("CHANNEL_CLOSED", Msat(5_000))] * 2
    assert desk.changes == 2
    again = replace(desk).service()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(again.run())
        await asyncio.sleep(0.01)
        task.cancel()
    assert len(kinds()) == 4


async def test_a_file_holds_every_line_once_oldest_first(desk: Desk, tmp_path: Path) -> None:
    count = EXPORTED_AT_ONCE * 2 + 3
    desk.pay(count, "=cmd|' /C calc'!A0")
    path = tmp_path / "history.csv"
    path.write_text("older")
    assert await desk.service().export(path, ExportFormat.CSV) == count
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert [row["payment_hash"] for row in rows] == [hash_of(n).hex() for n in range(count)]
    assert {row["text"] for row in rows} == {"'=cmd|' /C calc'!A0"}
    assert path.read_bytes().count(b"\r\n") == count + 1
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0
    assert hidden(tmp_path) == []


async def test_an_export_is_of_the_time_that_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    desk.pay(9)
    path = tmp_path / "history.jsonl"
    wanted = Search(since=START.plus_ms(2), until=START.plus_ms(4))
    assert await desk.service().export(path, ExportFormat.JSON, wanted) == 2
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["amount_msat"] for line in lines] == [7_000, 7_000]


async def test_an_export_tells_how_many_of_how_many_are_written(desk: Desk, tmp_path: Path) -> None:
    whole = EXPORTED_AT_ONCE * 2 + 3
    desk.pay(whole)
    told: list[tuple[int, int]] = []
    await desk.service().export(
        tmp_path / "x.csv", ExportFormat.CSV, progress=lambda *counts: told.append(counts)
    )
    assert told == [
        (EXPORTED_AT_ONCE, whole),
        (EXPORTED_AT_ONCE * 2, whole),
        (whole, whole),
    ]


async def test_a_file_that_is_being_moved_to_its_place_is_whole_whoever_cancels(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.pay(3)
    path, finish = tmp_path / "x.csv", ReplacingFile.finish
    begun, go_on = threading.Event(), threading.Event()

    def slow(file: ReplacingFile) -> None:
        begun.set()
        go_on.wait(5)
        finish(file)

    monkeypatch.setattr(ReplacingFile, "finish", slow)
    export = asyncio.ensure_future(desk.service().export(path, ExportFormat.CSV))
    await asyncio.to_thread(begun.wait, 5)
    export.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await export
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4
    assert hidden(tmp_path) == []


async def test_an_export_that_is_cut_off_leaves_what_was_there(desk: Desk, tmp_path: Path) -> None:
    desk.pay(EXPORTED_AT_ONCE * 5)
    path = tmp_path / "history.csv"
    path.write_text("older")
    export = asyncio.ensure_future(desk.service().export(path, ExportFormat.CSV))
    await asyncio.sleep(0)
    export.cancel()
    with pytest.raises(asyncio.CancelledError):
        await export
    assert path.read_text() == "older"
    assert hidden(tmp_path) == []


async def test_a_place_that_cannot_be_written_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="untouched"):
        await desk.service().export(tmp_path / "nowhere" / "x.csv", ExportFormat.CSV)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportFailed):
        await desk.service().export(tmp_path / "folder", ExportFormat.CSV)
    assert hidden(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is full")
def test_a_disk_that_is_full_is_a_sentence(tmp_path: Path) -> None:
    file = ReplacingFile(tmp_path / "x")
    file._file.close()
    file._file = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115
    with pytest.raises(ExportFailed):
        file.write("x" * 1_000_000)
    file.discard()
    assert list(tmp_path.iterdir()) == []


async def test_the_loop_goes_on_while_a_long_history_is_written(desk: Desk, tmp_path: Path) -> None:
    desk.pay(3_000)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        other = group.create_task(count_turns())
        await desk.service().export(tmp_path / "x.csv", ExportFormat.CSV)
        other.cancel()
    assert turns >= 3_000 // EXPORTED_AT_ONCE
