"""`tipdesk export` reads a profile that is closed and asks for one that is open."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import START, FakeEntropy
from tests.histories import payment
from tests.practising import ROOT
from tipdesk.adapters.control.server import ControlServer
from tipdesk.adapters.storage.export_file import ReplacingFile
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.app.config import Settings
from tipdesk.app.core import open_money
from tipdesk.app.export import NoProfile, export_history, export_methods
from tipdesk.app.system import SystemClock
from tipdesk.bitcoin.network import Network
from tipdesk.services.bus import Bus
from tipdesk.services.profiles import Profiles
from tipdesk.services.timeline import Surroundings, TimelineService
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import EVERYTHING, Search


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    database = open_money(tmp_path, Settings().network)
    for number in range(3):
        MoneyHistoryStore(database).save_payment(payment(number))
    database.close()
    return tmp_path


def export(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tipdesk", "export", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("options", "count"),
    [((), 3), (("--from", "2023-11-14", "--to", "2023-11-15"), 3), (("--to", "2023-11-01"), 0)],
    ids=["all", "days", "before"],
)
def test_a_closed_profile_is_written_to_a_file(
    folder: Path, options: tuple[str, ...], count: int
) -> None:
    path = folder / "history.jsonl"
    done = export("--profile", str(folder), "--format", "json", "--out", str(path), *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{count} lines written to {path}.\n"
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == [
        "coffee"
    ] * count


@pytest.mark.parametrize("day", ["yesterday", "2023-13-01", "9999-12-31"])
def test_what_is_no_day_is_refused(folder: Path, day: str) -> None:
    done = export("--profile", str(folder), "--out", str(folder / "x.csv"), "--to", day)
    assert done.returncode == 1
    assert done.stderr == f"tipdesk: '{day}' is no day. Write it like 2026-11-22.\n"


async def test_no_profile_is_made_by_exporting_one(tmp_path: Path) -> None:
    with pytest.raises(NoProfile):
        await export_history(tmp_path, tmp_path / "x.csv", ExportFormat.CSV, EVERYTHING)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


async def test_a_profile_that_is_open_is_asked(folder: Path) -> None:
    database = open_money(folder, Settings().network)
    service = TimelineService(
        store=MoneyTimelineStore(database),
        surroundings=Surroundings(
            profile=Profiles(Network.REGTEST).view,
            name=lambda _: "",
            channels=tuple,
            note_received=lambda _hash, _text: None,
            open_file=ReplacingFile,
        ),
        bus=Bus(),
        clock=SystemClock(),
    )
    server = ControlServer(folder, export_methods(service), FakeEntropy())
    await server.start()
    path = folder / "x.csv"
    wanted = Search(since=START.plus_ms(1), until=START.plus_ms(2))
    assert await export_history(folder, path, ExportFormat.CSV, wanted) == 1
    assert await export_history(folder, path, ExportFormat.CSV, EVERYTHING) == 3
    await server.stop()
    database.close()
    assert path.read_bytes().count(b"\r\n") == 4
