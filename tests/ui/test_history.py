"""The history page: everything in and out, searched, summed, noted on, exported, and long."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_money import fits, line_of, on_chain
from tests.ui.test_pages import texts
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.events import PersonChanged, TipChanged
from tipdesk.services.timeline import LineView
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.person import PersonId
from tipdesk.tips.timeline import LineKind, LineState, Place, Search, TooManyPersons
from tipdesk.ui.viewmodels.book import Pane
from tipdesk.ui.viewmodels.history import What, When
from tipdesk.ui.viewmodels.history_rows import READ_AT_ONCE
from tipdesk.ui.views.history import HistoryPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.heights import Heights
from tipdesk.ui.widgets.history_row import HistoryRow

LEFT = Qt.MouseButton.LeftButton
LINES = 100_000
ON_SCREEN = 30


def open_history(window: MainWindow) -> HistoryPage:
    """The page, open."""
    window.open_page(PageName.HISTORY)
    page = window.pages.page(PageName.HISTORY)
    assert isinstance(page, HistoryPage)
    return page


def first_row(page: HistoryPage) -> HistoryRow:
    """The newest line on the screen."""
    card = page.list.card(0)
    assert isinstance(card, HistoryRow)
    return card


def test_what_was_on_chain_says_where_to_and_by_which_transaction(play: Play, stage: Stage) -> None:
    stage.timeline.add(on_chain(61, LineState.SETTLED))

    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        row = first_row(page)
        assert row.who.text() == "To bcrt1qw508d6…7kygt080"
        assert row.what.text() == "Sent on chain"
        row.ask()
        assert page.panel is not None
        assert "874 sat" in texts(page.panel)
        page.panel.address.button.click()
        assert QGuiApplication.clipboard().text() == "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
        page.panel.transaction.button.click()
        assert QGuiApplication.clipboard().text() == content.number(61).hex()

    play(scene)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(LineKind.PAYMENT_SENT, "To Mum"), (LineKind.PAYMENT_RECEIVED, "From Mum")],
)
def test_a_payment_with_somebody_says_with_whom(
    play: Play, stage: Stage, kind: LineKind, said: str
) -> None:
    line = replace(line_of(1, 61), kind=kind, person=None, text="for <b>bread</b>")
    stage.timeline.add(line)

    async def scene(window: MainWindow) -> None:
        row = first_row(open_history(window))
        assert row.who.text() == "for <b>bread</b>"
        assert "bread" not in row.what.text()
        assert line.payment_hash is not None
        stage.timeline.names[line.payment_hash] = "Mum"
        stage.bus.publish(PersonChanged(PersonId(1)))
        await until(lambda: row.who.text() == said)
        assert row.what.text() == "\u201cfor <b>bread</b>\u201d"
        assert row.accessibleName().startswith(f"{said}, ")

    play(scene)


def test_what_came_in_on_chain_says_at_which_address(play: Play, stage: Stage) -> None:
    stage.timeline.add(on_chain(61, LineState.SETTLED, LineKind.ONCHAIN_RECEIVED))

    async def scene(window: MainWindow) -> None:
        row = first_row(open_history(window))
        assert row.who.text() == "At bcrt1qw508d6…7kygt080"
        assert row.what.text() == "Received on chain"
        assert row.amount.text() == "+250,000 sat"

    play(scene)


def test_a_line_says_who_how_much_at_what_fee_and_what_it_was_worth_then(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        shown = texts(page.list)
        assert "From Béla Photographs" in shown
        assert any(t.startswith("105.12 USD ·") or " USD · " in t for t in shown)
        assert any(t.startswith("no rate was known · ") for t in shown)
        assert "Coffee beans, 1 kg" in shown
        assert first_row(page).accessibleName().startswith("To somebody, 21 sat. under way")

    play(scene)


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("words", "strings", Search(words="strings")),
        ("person", "béla", Search(persons=(content.BELA.pubkey,))),
        ("person", encode_npub(content.DANA.pubkey), Search(persons=(content.DANA.pubkey,))),
        ("person", "nobody at all", Search(persons=())),
        ("least", "1,000", Search(least=Msat(1_000_000))),
        ("most", "100.5", Search(most=Msat(100_500))),
    ],
)
def test_what_is_typed_is_what_the_store_is_asked(
    play: Play, stage: Stage, name: str, typed: str, expected: Search
) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        field = getattr(page, name)
        assert isinstance(field, QLineEdit)
        QTest.keyClicks(field, typed) if typed.isascii() else field.setText(typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert stage.timeline.asked[-1] == expected
        rows = window.models.history.rows
        wanted = [n for n in range(60) if fits(expected, line_of(n, 60))]
        assert rows.rowCount() == len(wanted)
        QTest.mouseClick(page.clear_button, LEFT)
        assert rows.rowCount() == 60
        assert not page.clear_button.isVisible()

    play(scene)


def test_kind_and_time_are_chosen(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        page.what._take(What.CHANNELS.value[0])
        assert stage.timeline.asked[-1].kinds == What.CHANNELS.value[1]
        page.when._take(When.LAST_YEAR.value)
        asked = stage.timeline.asked[-1]
        assert asked.since is not None
        assert asked.until is not None
        assert asked.until.since(asked.since) in (365 * 86_400_000, 366 * 86_400_000)
        assert "Nothing fits" in texts(page)

    play(scene)


def test_nothing_yet_is_another_word_than_nothing_found(play: Play, stage: Stage) -> None:
    stage.timeline.count = 0

    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        assert "Nothing has moved yet" in texts(page)
        assert not page.export_button.isEnabled()
        page.words.setText("ghost")
        await until(lambda: "Nothing fits" in texts(page))

    play(scene)


def test_the_sums_stand_above_with_what_a_card_would_have_taken(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        totals = stage.timeline.totals()
        card = totals.fiat[0].card_for_sent
        assert page.card.accessibleName().startswith(
            f"Fees by card: {int(card.minor // 100):,}.{card.minor % 100:02} USD"
        )
        assert f"{totals.without_rate} lines without a rate left out" in page.card.accessibleName()
        assert f"{totals.count_sent} times" in page.sent.accessibleName()
        page.words.setText("no such word")
        await until(lambda: "Fees by card: \u2013" in page.card.accessibleName())

    play(scene)


def test_what_is_new_comes_on_top_and_what_is_read_stays_in_place(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        page.list.verticalScrollBar().setValue(900)
        row = page.list.first_visible + 1
        before = page.list.row_rect(row).top()
        newest = replace(
            line_of(1, 60), place=Place(content.NOW, 61), text="<b>new</b>", state=LineState.SETTLED
        )
        stage.timeline.add(newest)
        await until(lambda: window.models.history.rows.rowCount() == 61)
        assert page.list.row_rect(row + 1).top() == before
        page.list.set_current(0)
        await until(lambda: "“<b>new</b>”" in texts(page.list))
        formats = {label.textFormat() for label in page.findChildren(QLabel)}
        assert formats == {Qt.TextFormat.PlainText}

    play(scene)


def test_a_line_that_settles_moves_up_and_stands_there_once(play: Play, stage: Stage) -> None:
    stage.timeline.count = 400

    async def scene(window: MainWindow) -> None:
        open_history(window)
        rows = window.models.history.rows
        while rows.rowCount() < 400:
            rows.fetchMore(rows.index(0, 0))
        old = rows.view(350).line
        stage.timeline.extra.insert(0, replace(old, place=Place(content.NOW, old.place.number)))
        stage.bus.publish(TipChanged(stage.tips.tips()[0].tip_id))
        await until(lambda: rows.view(0).line.place.at == content.NOW)
        numbers = [rows.view(row).line.place.number for row in range(rows.rowCount())]
        assert len(numbers) == len(set(numbers)) == 400

    play(scene)


@dataclass
class Work:
    """How often a row was shown or laid out, a height was set, or the start of a row counted."""

    shown: int = 0
    arranged: int = 0
    heights: int = 0
    tops: int = 0

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Counts from now on, beside what is done."""
        show, arrange = HistoryRow.show_row, HistoryRow.arrange
        put, count = Heights.__setitem__, Heights.count

        def show_row(row: HistoryRow, view: LineView) -> None:
            self.shown += 1
            show(row, view)

        def arrange_row(row: HistoryRow, width: int) -> int:
            self.arranged += 1
            return arrange(row, width)

        def put_height(heights: Heights, row: int, height: int) -> None:
            self.heights += 1
            put(heights, row, height)

        def count_tops(heights: Heights) -> None:
            before = heights._counted
            count(heights)
            self.tops += len(heights) - before

        monkeypatch.setattr(HistoryRow, "show_row", show_row)
        monkeypatch.setattr(HistoryRow, "arrange", arrange_row)
        monkeypatch.setattr(Heights, "__setitem__", put_height)
        monkeypatch.setattr(Heights, "count", count_tops)


def test_a_step_through_a_hundred_thousand_lines_touches_those_on_the_screen_only(
    play: Play, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.timeline.count = LINES

    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        rows, bar = window.models.history.rows, page.list.verticalScrollBar()
        assert rows.rowCount() == READ_AT_ONCE
        while rows.canFetchMore(rows.index(0, 0)):
            rows.fetchMore(rows.index(0, 0))
        assert rows.rowCount() == LINES
        asked, work = len(stage.timeline.asked), Work()
        work.watch(monkeypatch)
        steps = range(0, bar.maximum(), bar.maximum() // 60)
        for value in steps:
            bar.setValue(value)
        assert 0 < work.arranged <= len(steps) * ON_SCREEN
        assert work.shown == work.arranged
        assert max(work.heights, work.tops) <= len(steps) * ON_SCREEN
        assert len(stage.timeline.asked) == asked
        assert page.list.card_count() <= 30
        before = replace(work)
        rows.read_anew()
        assert len(stage.timeline.asked) == asked + 1
        assert work.arranged - before.arranged <= ON_SCREEN
        assert work.tops == before.tops

    play(scene)


def test_it_reads_nothing_while_another_page_is_shown(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        open_history(window)
        window.open_page(PageName.FEED)
        asked = len(stage.timeline.asked)
        stage.timeline.add(replace(line_of(1, 60), place=Place(content.NOW, 61)))
        window.models.history._tell()
        assert len(stage.timeline.asked) == asked
        open_history(window)
        assert window.models.history.rows.rowCount() == 61

    play(scene)


def test_enter_opens_the_line_and_a_note_is_kept(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        QTest.keyClick(page.list, Qt.Key.Key_J)
        QTest.keyClick(page.list, Qt.Key.Key_J)
        QTest.keyClick(page.list, Qt.Key.Key_Return)
        panel = page.panel
        assert panel is not None
        assert panel.isVisible()
        shown = texts(panel)
        assert any(t.startswith("1 BTC = 105,123.45 USD, kraken, ") for t in shown)
        QTest.keyClicks(panel.note, "for <i>taxes</i>")
        QTest.keyClick(panel.note, Qt.Key.Key_Return)
        assert stage.timeline.notes == {59: "for <i>taxes</i>"}
        assert panel.isHidden()
        await until(lambda: any("Note: for <i>taxes</i>" in t for t in texts(page.list)))

    play(scene)


@pytest.mark.parametrize("form", list(ExportFormat))
def test_what_is_shown_is_written_to_a_file_that_is_asked_for(
    play: Play, stage: Stage, tmp_path: Path, form: ExportFormat
) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        page.what._take(What.TIPS_SENT.value[0])
        QTest.mouseClick(page.export_button, LEFT)
        await until(lambda: bool(window.findChildren(QFileDialog)))
        dialog = window.findChildren(QFileDialog)[0]
        name = next(n for n in dialog.nameFilters() if f"*.{form.value}" in n)
        dialog.selectNameFilter(name)
        dialog.filterSelected.emit(name)
        dialog.setDirectory(str(tmp_path))
        name_edit = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(name_edit, QLineEdit)
        name_edit.setText("mine")
        dialog.accept()
        await until(lambda: bool(stage.timeline.exported))
        path, written, search = stage.timeline.exported[0]
        assert (path, written) == (tmp_path / f"mine.{form.value}", form)
        assert search.kinds == {LineKind.TIP_SENT}
        await until(lambda: window.toast.text.startswith("60 lines written to "))

    play(scene)


def test_a_file_says_how_far_it_is_and_can_be_cancelled(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.timeline.gate = asyncio.Event()
        stage.timeline.count = 2_468
        page = open_history(window)
        assert page.cancel_button.isHidden()
        window.models.history.export(Path("/somewhere/x.csv"), ExportFormat.CSV)
        await until(lambda: "1,234 of 2,468 lines written" in texts(page))
        assert page.export_button.isHidden()
        QTest.mouseClick(page.cancel_button, LEFT)
        await until(lambda: "cancelled, and no file was written" in window.toast.text)
        assert stage.timeline.exported == []
        assert page.cancel_button.isHidden()
        assert page.export_button.isVisible()
        stage.timeline.gate.set()
        window.models.history.export(Path("/somewhere/x.csv"), ExportFormat.CSV)
        await until(lambda: "2,468 lines written to" in window.toast.text)

    play(scene)


def test_a_file_that_cannot_be_written_is_a_sentence(play: Play, stage: Stage) -> None:
    stage.timeline.fails = True

    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        window.models.history.export(Path("/nowhere/x.csv"), ExportFormat.CSV)
        await until(lambda: "the disk is full" in window.toast.text)
        assert page.export_button.isEnabled()

    play(scene)


def test_a_name_that_fits_too_many_is_a_sentence(play: Play, stage: Stage) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TooManyPersons(612)

    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        stage.timeline.page = refuse  # type: ignore[method-assign, assignment]
        page.person.setText("a")
        await until(lambda: "612 people fit: give more of the name." in texts(page))

    play(scene)


def test_a_payment_for_an_offer_can_be_proved_with_words_that_were_asked_for(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_history(window)
        rows = page.list.model
        at = next(
            row
            for row in range(rows.rowCount())
            if rows.view(row).line.kind is LineKind.PAYMENT_SENT
        )
        payment_hash = rows.view(at).line.payment_hash
        assert payment_hash is not None
        for provable in (False, True):
            if provable:
                stage.proofs.provable.add(payment_hash)
            page._open_line(rows.view(at), page.rect())
            panel = page.panel
            assert panel is not None
            assert panel.proof_button.isVisible() is provable
        assert panel is not None
        panel.asked_words.setText("for Ana's shop")
        panel.proof_button.click()
        assert stage.proofs.notes == ["for Ana's shop"]
        assert QGuiApplication.clipboard().text() == f"lnp1{payment_hash.hex()}"
        assert panel.proof_button.text() == "Copied"

    play(scene)


def paid_line(window: MainWindow, kind: LineKind) -> tuple[HistoryPage, LineView, PaymentHash]:
    """The first line of a kind."""
    page = open_history(window)
    rows = page.list.model
    views = (rows.view(at) for at in range(rows.rowCount()))
    view = next(one for one in views if one.line.kind is kind)
    assert view.line.payment_hash is not None
    return page, view, view.line.payment_hash


def test_who_proved_that_they_sent_it_is_named_and_answered(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page, view, payment_hash = paid_line(window, LineKind.PAYMENT_RECEIVED)
        page._open_line(view, page.rect())
        assert page.panel is not None
        assert page.panel.sent_by.isHidden()
        stage.senders.proven[payment_hash] = content.ANA
        page._open_line(view, page.rect())
        box = page.panel.sent_by
        assert box.said.text() == "Ana Ruiz proved that they sent this."
        assert box.tell_button.isHidden()
        box.reply_button.click()
        assert window.page is PageName.MESSAGES
        peer = window.pages.messages.pane._model.peer
        assert peer is not None
        assert peer.pubkey == content.ANA.pubkey
        page._open_line(view, page.rect())
        box.back_button.click()
        await until(lambda: window.page is PageName.PEOPLE)
        assert window.models.book.book.pane is Pane.FORM

    play(scene)


def test_who_got_it_is_told_by_a_press(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page, view, payment_hash = paid_line(window, LineKind.PAYMENT_SENT)
        stage.senders.receivers[payment_hash] = content.ANA
        page._open_line(view, page.rect())
        assert page.panel is not None
        assert "they learn your npub by it" in page.panel.sent_by.said.text()
        assert page.panel.sent_by.reply_button.isHidden()
        stage.senders.fails = RequestError("They take no messages.")
        page.panel.sent_by.tell_button.click()
        await until(lambda: window.toast.text == "They take no messages.")
        stage.senders.fails = None
        page._open_line(view, page.rect())
        page.panel.sent_by.tell_button.click()
        await until(lambda: window.toast.text == "Ana Ruiz gets the proof that it was you.")
        assert stage.senders.told == [payment_hash]

    play(scene)
