"""The panel that connects an app, and shows its link once; and changes one that is connected."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from tipdesk.services.connections import MAX_NAME, ConnectionView
from tipdesk.tips.connection import USUAL_PERMISSIONS, BudgetPeriod, Permission
from tipdesk.ui.clipboard import STAYS_S, copy_secret
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.connections import ConnectionsViewModel, Lifetime, Preset
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.qr_code import QrCode
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_WIDE = 500
_HIGH = 36
_AMOUNT = 150
_CODE = 300
_COLUMNS = 2
_LONGEST_RELAYS = 1_300


class AppPanel(Popover):
    """Closed, it holds neither what was written nor a link."""

    def __init__(self, model: ConnectionsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDE)
        self._model = model
        self._is_copied = False
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        self._title = Text("", Type.HEADING)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head = row()
        head.addWidget(self._title, 1)
        head.addWidget(close)
        layout.addLayout(head)
        self._form, self._shown = self._make_form(), self._make_shown()
        layout.addWidget(self._form)
        layout.addWidget(self._shown)
        model.changed.connect(self._update)
        self.closed.connect(self._end)

    @property
    def problem_text(self) -> str:
        """What it says cannot be."""
        return "" if self._problem.isHidden() else self._problem.text()

    def open_new(self, anchor: QRect, back: QWidget, preset: Preset = Preset.PAY) -> None:
        """To connect one more."""
        self._model.begin(preset)
        self._open(t("Connect an app"), anchor, back)

    def open_change(self, view: ConnectionView, anchor: QRect, back: QWidget) -> None:
        """To change one's name and budget."""
        self._model.begin_change(view)
        self._open(t("Change {name}", name=view.connection.name), anchor, back)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the button's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, Button | CheckBox):
                focused.click()
            elif not self._model.draft.link:
                self._save()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _open(self, title: str, anchor: QRect, back: QWidget) -> None:
        self._is_copied = False
        self.setAccessibleName(title)
        self._title.setText(title)
        self._write_down()
        self.open_at(anchor, back)
        self._update()
        self.name.setFocus()

    # -- the form -------------------------------------------------------------------------------

    def _make_form(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        self.name = _line(t("Name of the app"), t("What this list calls it"), MAX_NAME)
        inner.addWidget(self.name)
        self._may = self._make_may()
        self._money = self._make_money()
        self._lasts = self._make_lasts()
        for part in (self._may, self._money, self._lasts):
            inner.addWidget(part)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        inner.addWidget(self._problem)
        self.button = Button(t("Make its link"), look=Look.PRIMARY)
        self.button.clicked.connect(self._save)
        inner.addWidget(self.button)
        return holder

    def _make_may(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.addWidget(Text(t("What it may do"), Type.SMALL_STRONG, "soft"))
        self.presets = Segments(
            t("What it may do"),
            {
                Preset.PAY.name: t("Pay and be paid"),
                Preset.RECEIVE.name: t("Only be paid"),
                Preset.TIPS.name: t("Bring tips"),
                Preset.LOOK.name: t("Only look"),
            },
        )
        self.presets.chosen.connect(lambda name: self._model.allow(Preset[name]))
        inner.addWidget(self.presets, 0, Qt.AlignmentFlag.AlignLeft)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.ROOM)
        grid.setVerticalSpacing(Space.HAIR)
        self.boxes: dict[Permission, CheckBox] = {}
        for place, permission in enumerate(Permission):
            words = say(permission.value)
            box = CheckBox(words[:1].upper() + words[1:])
            box.clicked.connect(lambda _=False, one=permission: self._model.toggle(one))
            if permission in USUAL_PERMISSIONS:
                grid.addWidget(box, place // _COLUMNS, place % _COLUMNS)
            else:
                # Its words are long, and it is for few.
                grid.addWidget(box, grid.rowCount(), 0, 1, _COLUMNS)
            self.boxes[permission] = box
        inner.addLayout(grid)
        return holder

    def _make_money(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.addWidget(
            Text(t("The most it may spend, fees included"), Type.SMALL_STRONG, "soft", wrap=True)
        )
        across = row(spacing=Space.NEAR)
        self.amount = AmountEdit(t("The most it may spend"))
        self.amount.setFixedSize(_AMOUNT, _HIGH)
        self.amount.amount_changed.connect(self._written)
        self.unlimited = CheckBox(t("No limit"))
        self.unlimited.clicked.connect(lambda on: self._model.limit(on=not on))
        across.addWidget(self.amount)
        across.addWidget(self.unlimited)
        across.addStretch(1)
        inner.addLayout(across)
        self.periods = Segments(
            t("For how long the budget is"),
            {period.name: say(period.value) for period in BudgetPeriod},
        )
        self.periods.chosen.connect(lambda name: self._model.choose_period(BudgetPeriod[name]))
        inner.addWidget(self.periods, 0, Qt.AlignmentFlag.AlignLeft)
        self._caution = Text(
            t("Without a limit it can spend all that is in this wallet."),
            Type.SMALL,
            "accent",
            wrap=True,
        )
        inner.addWidget(self._caution)
        return holder

    def _make_lasts(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.addWidget(Text(t("How long it lasts"), Type.SMALL_STRONG, "soft"))
        self.lifetimes = Segments(
            t("How long it lasts"),
            {
                Lifetime.EVER.name: t("Until revoked"),
                Lifetime.WEEK.name: t("A week"),
                Lifetime.MONTH.name: t("A month"),
                Lifetime.YEAR.name: t("A year"),
            },
        )
        self.lifetimes.chosen.connect(lambda name: self._model.choose_lifetime(Lifetime[name]))
        inner.addWidget(self.lifetimes, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(Text(t("Relays it is reached over"), Type.SMALL_STRONG, "soft"))
        self.relays = _line(t("Relays it is reached over"), "wss://", _LONGEST_RELAYS)
        inner.addWidget(self.relays)
        for edit in (self.name, self.relays):
            edit.textEdited.connect(self._written)
        return holder

    # -- the link -------------------------------------------------------------------------------

    def _make_shown(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.NEAR)
        said = t(
            "Scan it with the app or paste it there. It is shown this once, and TipDesk does not "
            "keep it."
        )
        inner.addWidget(Text(said, Type.BODY, "soft", wrap=True))
        self.code = QrCode(_CODE)
        inner.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        warning = Panel("warning")
        words = column(warning, margin=Space.NEAR)
        words.addWidget(
            Text(
                t("Whoever has this link can do what you allowed. Give it to that app alone."),
                Type.BODY,
                wrap=True,
            )
        )
        inner.addWidget(warning)
        self._copied = Text("", Type.SMALL, "good", wrap=True)
        inner.addWidget(self._copied)
        foot = row()
        self.copy_button = Button(t("Copy the link"), icon="copy")
        self.copy_button.clicked.connect(self._copy)
        self.done_button = Button(t("Done"), look=Look.PRIMARY)
        self.done_button.clicked.connect(self.dismiss)
        foot.addWidget(self.copy_button, 1)
        foot.addWidget(self.done_button, 1)
        inner.addLayout(foot)
        return holder

    def _copy(self) -> None:
        copy_secret(self._model.draft.link)
        self._is_copied = True
        self._update()

    # -- both -----------------------------------------------------------------------------------

    def _written(self, _: object = None) -> None:
        self._model.fill(
            name=self.name.text(), budget=self.amount.amount, relays=self.relays.text()
        )
        self._problem.hide()

    def _save(self) -> None:
        if self._model.save():
            self.dismiss()

    def _end(self) -> None:
        self._model.clear()
        self._write_down()
        self.code.show_text("-", "")

    def _write_down(self) -> None:
        """The fields as the draft has them; while they are written in they are left alone."""
        draft = self._model.draft
        self.name.setText(draft.name)
        self.relays.setText(draft.relays)
        self.relays.setCursorPosition(0)
        self.amount.set_amount(draft.budget)

    def _update(self) -> None:
        if self.isHidden():
            return
        draft = self._model.draft
        had_link = not self._shown.isHidden()
        self._form.setVisible(not draft.link)
        self._shown.setVisible(bool(draft.link))
        if draft.link and not had_link:
            self.code.show_text(draft.link, t("Code of the link"))
            self.done_button.setFocus()
        copied = t(
            "It is on the clipboard for {seconds} seconds, or until TipDesk locks or ends.",
            seconds=STAYS_S,
        )
        self._copied.setText(copied if self._is_copied else "")
        self._copied.setVisible(self._is_copied)
        self._may.setVisible(draft.changes is None)
        self._lasts.setVisible(draft.changes is None)
        self._money.setVisible(draft.spends)
        if draft.preset is None:
            self.presets.choose_none()
        else:
            self.presets.choose(draft.preset.name)
        for permission, box in self.boxes.items():
            box.setChecked(permission in draft.permissions)
        self.unlimited.setChecked(not draft.has_limit)
        self.amount.setEnabled(draft.has_limit)
        self.periods.choose(draft.period.name)
        self.periods.setVisible(draft.has_limit)
        self._caution.setVisible(not draft.has_limit)
        self.lifetimes.choose(draft.lifetime.name)
        self._problem.setText(draft.problem)
        self._problem.setVisible(bool(draft.problem))
        self.button.set_label(t("Make its link") if draft.changes is None else t("Save"))
        self.fit()


def _line(name: str, hint: str, most: int) -> QLineEdit:
    edit = QLineEdit()
    edit.setFont(font(Type.BODY))
    edit.setFixedHeight(_HIGH)
    edit.setMaxLength(most)
    edit.setPlaceholderText(hint)
    edit.setAccessibleName(name)
    return edit
