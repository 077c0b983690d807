"""A connected app in a card: its name, what it may do, its budget, and what can be done to it."""

from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Elided, Text
from tipdesk.ui.widgets.use_bar import UseBar


class AppLine(QWidget):
    """Of one that has ended the name and why are left."""

    def __init__(self) -> None:
        super().__init__()
        inner = column(self, spacing=Space.TIGHT)
        inner.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        head = row(spacing=Space.SNUG)
        self._name = Elided(step=Type.STRONG)
        self.change_button = Button(t("Change"), small=True)
        self.revoke_button = Button(t("Revoke"), small=True, look=Look.DANGER)
        head.addWidget(self._name, 1)
        head.addWidget(self.change_button)
        head.addWidget(self.revoke_button)
        inner.addLayout(head)
        self._may = Text("", Type.SMALL, "soft", wrap=True)
        self._about = Text("", Type.SMALL, "faint", wrap=True)
        self.bar = UseBar()
        for part in (self._may, self._about, self.bar):
            inner.addWidget(part)

    def show_app(self, name: str, may: str, about: str) -> None:
        """What it is called, what it may do, and when it did."""
        self._name.setText(name)
        self._may.setText(may)
        self._may.setVisible(bool(may))
        self._about.setText(about)
        self.change_button.setAccessibleName(t("Change {name}", name=name))
        self.revoke_button.setAccessibleName(t("Revoke {name}", name=name))
        self.setAccessibleName(". ".join(filter(None, (name, may, about))))

    def show_use(self, part: float, said: str) -> None:
        """How much of its budget is gone; nothing where it spends nothing."""
        self.bar.setVisible(bool(said))
        if said:
            self.bar.show_part(part, said)

    def show_ended(self, *, is_ended: bool) -> None:
        """Whether nothing can be done to it any more."""
        self.change_button.setVisible(not is_ended)
        self.revoke_button.setVisible(not is_ended)
        self._name.set_tone("faint" if is_ended else "")
