"""What floats over a page: one at a time, kept by Tab, closed by a press elsewhere; bad amounts."""

import asyncio
import gc
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.services.views import IncomingTip
from tipdesk.ui import format as words
from tipdesk.ui.loop import run
from tipdesk.ui.viewmodels.rows import PAGE, Rows
from tipdesk.ui.views.creator import CreatorPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.wallet import WalletPage
from tipdesk.ui.widgets.amount_edit import amount_problem
from tipdesk.ui.widgets.pictures import Pictures

LEFT = Qt.MouseButton.LeftButton


def wallet_of(window: MainWindow) -> WalletPage:
    """The wallet page, open."""
    window.open_page(PageName.WALLET)
    page = window.pages.page(PageName.WALLET)
    assert isinstance(page, WalletPage)
    return page


def test_one_panel_at_a_time_and_another_page_closes_it(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.open_receive()
        page.open_send()
        assert page.receive_panel is not None
        assert page.send_panel is not None
        assert page.receive_panel.isHidden()
        assert page.send_panel.isVisible()
        window.open_page(PageName.FEED)
        assert page.send_panel.isHidden()

    play(scene)


def test_a_press_on_anything_else_closes_a_panel(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.open_send()
        panel = page.send_panel
        assert panel is not None
        QTest.mouseClick(panel.text.viewport(), LEFT)
        assert panel.isVisible()
        QTest.mouseClick(page.refresh_button, LEFT)
        assert panel.isHidden()

    play(scene)


def test_tab_goes_round_inside_a_panel(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.open_receive()
        panel = page.receive_panel
        assert panel is not None
        seen = []
        for _ in range(14):
            focused = window.focusWidget()
            assert focused is not None
            assert panel.isAncestorOf(focused)
            seen.append(focused)
            panel.focusNextPrevChild(True)
        assert len(set(seen)) == 7
        first = window.focusWidget()
        panel.focusNextPrevChild(True)
        panel.focusNextPrevChild(False)
        assert window.focusWidget() is first

    play(scene)


def test_enter_makes_the_invoice_and_a_wrong_amount_makes_none(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = wallet_of(window)
        page.open_receive()
        panel = page.receive_panel
        assert panel is not None
        panel.amount.setText("a lot")
        QTest.keyClick(panel.amount, Qt.Key.Key_Return)
        await asyncio.sleep(0.02)
        assert window.models.wallet.created is None
        panel.amount.setText("2,500")
        QTest.keyClick(panel.description, Qt.Key.Key_Return)
        await until(lambda: window.models.wallet.created is not None)
        assert window.models.wallet.created_amount == Msat(2_500_000)

    play(scene)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("1,000.5", ""),
        ("abc", "Write an amount in sat with digits, like 1,000 or 0.5."),
        ("-5", "Write an amount in sat with digits, like 1,000 or 0.5."),
        ("0", "An amount is more than nothing."),
        ("0.1234", "A sat has at most three decimals."),
        ("9" * 20, "That is more than there is. Write a smaller amount."),
    ],
)
def test_what_is_wrong_with_an_amount_is_a_sentence(text: str, said: str) -> None:
    assert amount_problem(text) == said


def test_a_tip_beyond_what_can_be_spent_is_not_begun(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.pages.feed.list.setFocus()
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
        panel = window.tip_panel
        panel.amount.setText("2,000,000")
        assert panel.form.problem_text.startswith("You can spend 1,402,042.345 sat now.")
        panel.amount.setText("200,000,000")
        assert panel.form.problem_text.startswith("A tip is at most 10,000,000 sat.")
        QTest.keyClick(panel.comment, Qt.Key.Key_Return)
        await asyncio.sleep(0.02)
        assert stage.tips.intents == []
        assert panel.isVisible()

    play(scene)


def test_a_picture_opens_large_and_escape_closes_it(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        pictures = next(p for p in window.pages.feed.list.findChildren(Pictures) if p.isVisible())
        QTest.mouseClick(pictures, LEFT, pos=QPoint(20, 20))
        viewer = window.viewer
        assert viewer.isVisible()
        assert viewer.picture == content.SUNRISE
        assert window.pages.feed.list.current == 1
        QTest.keyClick(viewer, Qt.Key.Key_Right)
        assert viewer.picture == content.SUNRISE
        QTest.keyClick(viewer, Qt.Key.Key_Escape)
        assert viewer.isHidden()

    play(scene)


def test_a_landed_tip_stands_out_for_a_moment(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CREATOR)
        page = window.pages.page(PageName.CREATOR)
        assert isinstance(page, CreatorPage)
        tip = replace(content.incoming()[0], payment_hash=PaymentHash(bytes(32)))
        stage.creator.land(tip)
        await until(lambda: window.models.creator.has_fresh)
        assert window.models.creator.glow(tip.payment_hash) == 1
        assert window.models.creator.glow(content.incoming()[1].payment_hash) == 0
        stage.clock.offset_ms += 3_000
        await until(lambda: not window.models.creator.has_fresh)

    play(scene)


def test_the_practice_network_is_called_so() -> None:
    assert words.network("regtest") == "Practice coins"


def test_rows_hold_a_page_and_slide_when_one_comes_on_top() -> None:
    rows: Rows[int] = Rows(lambda n: n, str)
    told: list[str] = []
    everything = list(range(1_000, 0, -1))
    rows.wants_more.connect(lambda: rows.replace(everything[: rows.limit]))
    rows.replace(everything[: rows.limit])
    assert rows.rowCount() == PAGE
    rows.modelReset.connect(lambda: told.append("reset"))
    rows.rowsInserted.connect(lambda _, first, last: told.append(f"insert {first}-{last}"))
    rows.rowsRemoved.connect(lambda _, first, last: told.append(f"remove {first}-{last}"))
    everything.insert(0, 1_001)
    rows.replace(everything[: rows.limit])
    assert told == [f"remove {PAGE - 1}-{PAGE - 1}", "insert 0-0"]
    assert rows.canFetchMore(QModelIndex())
    rows.fetchMore(QModelIndex())
    assert told[2:] == [f"insert {PAGE}-{2 * PAGE - 1}"]
    assert [rows.view(row) for row in range(rows.rowCount())] == everything[: 2 * PAGE]


def test_the_tips_page_asks_for_more_at_its_end(play: Play, stage: Stage) -> None:
    row = content.incoming()[0]
    for n in range(500):
        stage.creator._tips.append(_older(row, n))

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CREATOR)
        page = window.pages.page(PageName.CREATOR)
        assert isinstance(page, CreatorPage)
        rows = window.models.creator.rows
        assert rows.rowCount() == PAGE
        page.list.set_current(PAGE - 1)
        await until(lambda: rows.rowCount() == 2 * PAGE)
        assert window.models.creator.count == 509

    play(scene)


def _older(row: IncomingTip, n: int) -> IncomingTip:
    return replace(row, payment_hash=PaymentHash(content.number(40_000 + n)))


class _Ring(QObject):
    """Garbage that only the cyclic collector frees; remembers in which thread."""

    def __init__(self, ends: list[int]) -> None:
        super().__init__()
        self._itself = self
        self._ends = ends

    def __del__(self) -> None:
        self._ends.append(threading.get_ident())


def test_garbage_dies_on_the_windows_thread(qapp: QApplication) -> None:
    ends: list[int] = []

    async def scene() -> None:
        assert not gc.isenabled()
        _Ring(ends)
        await asyncio.to_thread(lambda: [[] for _ in range(50_000)])
        assert ends == []
        kept = [[] for _ in range(5_000)]  # type: list[list[int]]
        await until(lambda: bool(ends))
        assert kept

    run(scene)
    assert gc.isenabled()
    assert ends == [threading.get_ident()]


def test_without_a_command_or_a_screen_one_sentence_names_the_commands(tmp_path: Path) -> None:
    places = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tipdesk"],
        env=places,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert "`tipdesk serve`" in done.stdout
    assert "PySide6" not in done.stderr
    assert not (tmp_path / "tipdesk").exists()
