"""The panel for one's own amount and a comment; what it costs stands above the button."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from tipdesk.base.units import Msat
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import PRESETS, TipViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Popover, column, row, stack
from tipdesk.ui.widgets.text import Elided, Text

_WIDTH = 348
_MAX_COMMENT = 280


class TipPanel(Popover):
    """Tips a post with any amount."""

    def __init__(self, tips: TipViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._tips = tips
        self._post: PostView | None = None
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        head = row(spacing=Space.NEAR)
        self._avatar = Avatar(36, images)
        self._who = Elided(step=Type.STRONG)
        self._address = Elided(step=Type.SMALL, tone="faint")
        head.addWidget(self._avatar)
        head.addWidget(stack(self._who, self._address), 1)
        close = Button(icon="close", look=Look.GHOST, name="Close", small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addLayout(self._make_presets())
        self.amount = AmountEdit("Amount of the tip")
        self.amount.amount_changed.connect(self._amount_changed)
        layout.addWidget(self.amount)
        self.comment = QLineEdit()
        self.comment.setFixedHeight(40)
        self.comment.setMaxLength(_MAX_COMMENT)
        self.comment.setPlaceholderText("A comment, public with the tip")
        self.comment.setAccessibleName("Comment, public with the tip")
        layout.addWidget(self.comment)
        self._cost = Text("", Type.SMALL, "soft", tabular=True, wrap=True)
        cost = row(spacing=7)
        cost.addWidget(Icon("route", "ink_faint", 16), 0, Qt.AlignmentFlag.AlignTop)
        cost.addWidget(self._cost, 1)
        layout.addLayout(cost)
        self.button = Button("Tip", icon="bolt-solid", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(self._send)
        layout.addWidget(self.button)

    @property
    def cost_text(self) -> str:
        """What it says of the cost."""
        return self._cost.text()

    def open_for(self, post: PostView, anchor: QRect, back: QWidget | None) -> None:
        """Opens it for a post, at what was pressed."""
        self._post = post
        self._avatar.show_profile(post.author)
        self._who.setText(f"Tip {words.name(post.author.title)}")
        self._address.setText(words.line(post.author.lud16 or ""))
        self.setAccessibleName(f"Tip {words.name(post.author.title)}")
        self.comment.clear()
        self.amount.set_amount(PRESETS[0].to_msat())
        self._amount_changed(self.amount.amount)
        self.open_at(anchor, back)
        self.amount.setFocus()
        self.amount.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._send()
            event.accept()
            return
        super().keyPressEvent(event)

    def _make_presets(self) -> QHBoxLayout:
        line = row(spacing=Space.SNUG)
        self._presets: list[tuple[Msat, Button]] = []
        for sat in PRESETS:
            button = Button(words.figure(sat), look=Look.CHOICE, name=words.amount(sat))
            amount = sat.to_msat()
            button.clicked.connect(lambda _=False, a=amount: self.amount.set_amount(a))
            self._presets.append((amount, button))
            line.addWidget(button, 1)
        return line

    def _amount_changed(self, amount: Msat | None) -> None:
        for preset, button in self._presets:
            button.setChecked(preset == amount)
        problem = self.amount.problem if amount is None else self._tips.problem(amount)
        self.button.setEnabled(amount is not None and not problem)
        self._cost.set_tone("bad" if problem else "soft")
        if amount is None or problem:
            self._cost.setText(problem or "Write an amount to see what it costs at the most.")
            self.button.set_label("Tip")
            self._fit()
            return
        window = self._tips.undo_window_ms
        undo = f" You can undo it for {words.counted(window // 1_000, 'second')}." if window else ""
        self._cost.setText(f"{self._tips.cost(amount)}.{undo}")
        self.button.set_label(f"Tip {words.amount(amount)}")
        self._fit()

    def _fit(self) -> None:
        if self.isVisible():
            self.fit()

    def _send(self) -> None:
        amount = self.amount.amount
        if self._post is not None and amount is not None and self.button.isEnabled():
            self._tips.send(self._post, amount, self.comment.text().strip())
            self.dismiss()
