"""The history page: everything in and out, searched, summed, and written to a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QWidget

from tipdesk.services.timeline import LineView
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import FiatTotals, Totals
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.loop import ask, spawn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.history import HistoryViewModel, Wanted, What, When
from tipdesk.ui.viewmodels.history_rows import HistoryRows
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.views.page import WIDEST, ListOrWords, Page
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.chooser import Chooser
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.history_row import HistoryRow
from tipdesk.ui.widgets.line_panel import LinePanel
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.stat_tile import StatTile
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.virtual_list import VirtualList

_TYPING_MS = 180
_HIGH = 36


class HistoryPage(Page):
    """A search over one list, and its sums.

    `message_wanted` and `send_wanted` with the key of who proved that they sent something.
    """

    message_wanted = Signal(object)
    send_wanted = Signal(object)

    def __init__(self, model: HistoryViewModel, images: Images) -> None:
        super().__init__(t("History"), model)
        self._history = model
        self.panel: LinePanel | None = None
        self.body.setSpacing(Space.NEAR)
        self.clear_button = Button(t("Clear the search"), icon="close", look=Look.GHOST)
        self.clear_button.clicked.connect(self.clear)
        self.export_button = Button(t("Export"), icon="export")
        self.export_button.clicked.connect(lambda: spawn(self.export(), self))
        self._progress = Text("", Type.SMALL, "soft", tabular=True)
        self.cancel_button = Button(t("Cancel"), icon="close", name=t("Cancel the export"))
        self.cancel_button.clicked.connect(model.cancel_export)
        self.header.addWidget(self._progress)
        self.header.addWidget(self.cancel_button)
        self.header.addWidget(self.clear_button)
        self.header.addWidget(self.export_button)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self._make_search()
        self._make_tiles()
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._problem_line = self.add(self._problem)
        self._make_list(images)
        self.starts_at = self.list

    def clear(self) -> None:
        """Asks for everything."""
        for field in (self.words, self.person, self.least, self.most):
            field.clear()
        for chooser in (self.what, self.when):
            chooser.choose("")
        self._search()

    def show_payments(self) -> None:
        """What was paid and received by invoice, and nothing else."""
        self.clear()
        self.what.choose(say(What.PAYMENTS.value[0]))
        self._search()

    async def export(self) -> None:
        """Asks where to, and writes what is shown there."""
        dialog = QFileDialog(self.window(), t("Export the history"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = _filters()
        dialog.setNameFilters(list(filters))
        dialog.setDefaultSuffix(ExportFormat.CSV.value)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(filters[chosen].value))
        dialog.selectFile("tipdesk-history")
        try:
            done = await ask(dialog)
            files, form = dialog.selectedFiles(), filters[dialog.selectedNameFilter()]
        finally:
            dialog.deleteLater()
        if done == QDialog.DialogCode.Accepted and files:
            self._history.export(Path(files[0]), form)

    def update_view(self) -> None:
        """The sums, and the list or the words in its place."""
        model = self._history
        self._show_totals(model.totals)
        self._problem.setText(model.problem)
        self._problem_line.setVisible(bool(model.problem))
        self.clear_button.setVisible(model.is_searching)
        self.export_button.setEnabled(not model.is_exporting and model.rows.rowCount() > 0)
        self.export_button.setVisible(not model.is_exporting)
        self.cancel_button.setVisible(model.is_exporting)
        self._progress.setText(model.export_progress)
        self._progress.setVisible(bool(model.export_progress))
        are_there = model.rows.rowCount() > 0
        self._empty.show_rows(are_there=not model.is_searching)
        self._rows.show_rows(are_there=are_there)
        self.list.refresh_visible()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads from now on."""
        self._history.set_shown(shown=True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Reads no more."""
        super().hideEvent(event)
        self._history.set_shown(shown=False)

    def _make_search(self) -> None:
        self.words = _field(t("Words in a comment, a description or a note"), t("Search the words"))
        self.person = _field(t("Name or npub"), t("Name or npub of a person"))
        self.what = Chooser(t("Kind"), t("Every kind"))
        self.what.offer([say(what.value[0]) for what in What])
        self.when = Chooser(t("Time"), t("Any time"))
        self.when.offer([say(when.value) for when in When])
        self.least, self.most = AmountEdit(t("At least")), AmountEdit(t("At most"))
        first, second = row(spacing=Space.SNUG), row(spacing=Space.SNUG)
        first.addWidget(self.words, 3)
        first.addWidget(self.person, 2)
        for chooser in (self.what, self.when):
            chooser.setFixedHeight(_HIGH)
            chooser.chosen.connect(lambda _: self._search())
            second.addWidget(chooser)
        for field, hint in ((self.least, t("From")), (self.most, t("To"))):
            field.setPlaceholderText(hint)
            field.setFixedHeight(_HIGH)
            field.setFixedWidth(150)
            second.addWidget(field)
        second.addStretch(1)
        self._count = Text("", Type.SMALL, "faint", tabular=True)
        second.addWidget(self._count)
        for edit in (self.words, self.person, self.least, self.most):
            edit.textChanged.connect(lambda _: self._typing.start())
            edit.returnPressed.connect(self._search)
        self.add(first)
        self.add(second)

    def _make_tiles(self) -> None:
        tiles = row(spacing=Space.NEAR)
        self.received = StatTile(t("In"), "receive")
        self.sent = StatTile(t("Out"), "send")
        self.fees = StatTile(t("Fees paid"), "route")
        self.card = StatTile(t("Fees by card"), "wallet")
        for tile in (self.received, self.sent, self.fees, self.card):
            tile.setFixedHeight(104)
            tiles.addWidget(tile, 1)
        self.add(tiles)

    def _make_list(self, images: Images) -> None:
        def make(parent: QWidget) -> HistoryRow:
            card = HistoryRow(self._history, images, parent)
            card.wanted.connect(self._open_line)
            return card

        self.list = _Lines(self._history.rows, make)
        self.list.opened.connect(self._open_current)
        nothing = EmptyState(
            "history",
            t("Nothing has moved yet"),
            t(
                "Every tip, payment and channel will stand here, with its fee and what it was "
                "worth "
                "at that moment."
            ),
        )
        unfound = EmptyState(
            "search", t("Nothing fits"), t("No line of the history fits all that you ask for.")
        )
        self._empty = ListOrWords(nothing, unfound)
        self._rows = ListOrWords(self.list, self._empty)
        self.body.addWidget(self._rows, 1)

    def _search(self) -> None:
        self._typing.stop()
        self._history.want(
            Wanted(
                words=self.words.text().strip(),
                person=self.person.text().strip(),
                what=next((w for w in What if say(w.value[0]) == self.what.choice), None),
                when=next((w for w in When if say(w.value) == self.when.choice), None),
                least=self.least.amount,
                most=self.most.amount,
            )
        )

    def _show_totals(self, totals: Totals) -> None:
        received = tn(totals.count_received, "{count} time", "{count} times")
        sent = tn(totals.count_sent, "{count} time", "{count} times")
        fiat = totals.fiat
        self.received.show_amount(totals.received, _joined(received, fiat, "received"))
        self.sent.show_amount(totals.sent, _joined(sent, fiat, "sent"))
        self.fees.show_amount(totals.fees, _joined(_share(totals), fiat, "fees"))
        self._show_card(totals)

    def _show_card(self, totals: Totals) -> None:
        without = totals.without_rate
        left_out = (
            tn(
                without,
                "{count} line without a rate left out",
                "{count} lines without a rate left out",
            )
            if without
            else t("2.9 % + 0.30 a payment")
        )
        if not totals.fiat:
            none = totals.count_sent + totals.count_received
            said = t("No rate was known") if none else t("2.9 % + 0.30 a payment")
            self.card.show_words("\u2013", "", said)
            return
        first = totals.fiat[0].card_for_sent
        figure, _, code = words.fiat(first.currency, first.minor).rpartition(" ")
        others = [words.fiat(f.card_for_sent.currency, f.card_for_sent.minor) for f in totals.fiat]
        said = left_out
        if others[1:]:
            said = t("and {amounts}; {left_out}", amounts=", ".join(others[1:]), left_out=left_out)
        self.card.show_words(figure, code, said)

    def _open_current(self) -> None:
        card = self.list.card(self.list.current)
        if isinstance(card, HistoryRow):
            card.ask()

    def _open_line(self, view: LineView, anchor: QRect) -> None:
        if self.panel is None:
            self.panel = LinePanel(self.window())
            self.panel.noted.connect(self._history.note)
            self.panel.proof_wanted.connect(self._prove)
            self.panel.tell_wanted.connect(self._history.tell)
            self.panel.sent_by.reply.connect(self.message_wanted)
            self.panel.sent_by.send_back.connect(self.send_wanted)
        model = self._history
        self.panel.open_for(
            view,
            anchor,
            self.list,
            model.route(view),
            can_prove=model.can_prove(view),
            sender=model.proven_sender(view),
            to_tell=model.to_tell(view),
        )

    def _prove(self, view: LineView, asked_words: str) -> None:
        proof = self._history.prove(view, asked_words)
        if self.panel is not None and proof:
            self.panel.show_proof(proof)


class _Lines(VirtualList):
    """The list; Enter opens the line that the keyboard is on."""

    opened = Signal()

    def __init__(self, model: HistoryRows, make: Callable[[QWidget], RowCard]) -> None:
        super().__init__(
            model,
            make,
            name=t("History"),
            widest=WIDEST,
            gap=Space.SNUG,
            guess=HistoryRow.HEIGHT,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, the rest moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def _field(hint: str, name: str) -> QLineEdit:
    field = QLineEdit()
    field.setFixedHeight(_HIGH)
    field.setMaxLength(200)
    field.setClearButtonEnabled(False)
    field.setPlaceholderText(hint)
    field.setAccessibleName(name)
    return field


def _filters() -> dict[str, ExportFormat]:
    """The kinds of file, as the dialog names them."""
    return {
        t("Table for spreadsheets (*.csv)"): ExportFormat.CSV,
        t("JSON, a line each (*.jsonl)"): ExportFormat.JSON,
    }


def _joined(said: str, fiat: tuple[FiatTotals, ...], name: str) -> str:
    """With what it was worth, in each currency that was known."""
    sums = [one for one in (getattr(one, name) for one in fiat) if one.minor]
    return " · ".join(filter(None, (said, *(words.fiat(f.currency, f.minor) for f in sums))))


def _share(totals: Totals) -> str:
    """The fees as a part of what was sent."""
    if not totals.sent or not totals.fees:
        return ""
    tenths = (1_000 * totals.fees.value + totals.sent.value // 2) // totals.sent.value
    return t("{n} % of it", n=words.decimal(tenths, 1)) if tenths else t("less than 0.1 % of it")
