"""The card with the overlay's addresses for OBS."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from tipdesk.ports.desk import OverlayPage
from tipdesk.ui.clipboard import copy_secret
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_alerts import VARIANTS, OverlayViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.text import Elided, Text

_BREAK = re.compile(r".{8}")


class _Variant(QWidget):
    """One page: what it is for, whether it is open, its address hidden until held."""

    def __init__(self, model: OverlayViewModel, page: OverlayPage) -> None:
        super().__init__()
        self._model, self._page = model, page
        title, purpose = map(say, VARIANTS[page])
        self.show_button = Button(
            t("Show"),
            look=Look.GHOST,
            small=True,
            name=t("Show the address of {name} while held", name=title),
        )
        self.show_button.setToolTip(t("Hold it to show the address."))
        self.show_button.pressed.connect(lambda: self._show(model.url(page)))
        self.show_button.released.connect(self.update_view)
        self.copy_button = Button(
            icon="copy", small=True, name=t("Copy the address of {name}", name=title)
        )
        self.copy_button.clicked.connect(lambda: copy_secret(model.url(page)))
        layout = column(self, spacing=Space.HAIR)
        head = row(spacing=Space.TIGHT)
        self.pill = Pill()
        for part in (Elided(title, Type.SMALL_STRONG), self.pill):
            head.addWidget(part)
        head.addStretch()
        head.addWidget(self.show_button)
        head.addWidget(self.copy_button)
        layout.addLayout(head)
        layout.addWidget(Text(purpose, Type.SMALL, "soft", wrap=True))
        self.address = Text("", Type.SMALL, "faint", wrap=True)
        self.address.setFont(monospace(Type.SMALL))
        self.address.setAlignment(Qt.AlignmentFlag.AlignTop)
        # As high as the whole address needs: nothing moves under the pointer that holds.
        self.address.setFixedHeight(2 * QFontMetrics(self.address.font()).lineSpacing() + 2)
        layout.addWidget(self.address)

    def update_view(self) -> None:
        """Whether it is open; the address without its secret."""
        count = self._model.open_pages(self._page)
        shown = (
            t("Open now")
            if count == 1
            else t("Open {times}", times=tn(count, "{count} time", "{count} times"))
        )
        self.pill.show_words(shown if count else t("Not open"), "good" if count else "calm")
        if not self.show_button.isDown():
            self._show(self._model.hidden_url(self._page))

    def _show(self, address: str) -> None:
        # It has no blanks: a line may end after every few letters.
        self.address.setText(_BREAK.sub("\\g<0>\u200b", address))
        self.address.setAccessibleName(t("Address"))


class OverlayCard(Card):
    """All four pages, and a new secret for them."""

    def __init__(self, model: OverlayViewModel) -> None:
        self.pill = Pill()
        super().__init__(
            t("Overlay for OBS"),
            self.pill,
            note=t(
                "Add a browser source in OBS for each page you want and give it the address. "
                "Whoever has an address can watch the page: do not show it on the stream."
            ),
        )
        self._model = model
        self.variants = {page: _Variant(model, page) for page in VARIANTS}
        self.inner.setSpacing(Space.SNUG)
        for variant in self.variants.values():
            self.inner.addWidget(variant)
        self.renew_button = Button(t("New addresses …"), icon="refresh", small=True)
        self.renew_button.clicked.connect(lambda: self._ask(wanted=True))
        self.inner.addWidget(self.renew_button)
        self._warning = Panel("warning")
        inner = column(self._warning, margin=Space.NEAR, spacing=Space.SNUG)
        inner.addWidget(
            Text(
                t(
                    "Every page that is open goes blank at once, and OBS needs the new addresses. "
                    "Do it when an address was seen by others."
                ),
                Type.SMALL,
                wrap=True,
            )
        )
        line = row()
        self.keep_button = Button(t("Keep them"), small=True)
        self.keep_button.clicked.connect(lambda: self._ask(wanted=False))
        self.sure_button = Button(t("Make new addresses"), look=Look.DANGER, small=True)
        self.sure_button.clicked.connect(self._renew)
        line.addWidget(self.keep_button)
        line.addWidget(self.sure_button)
        line.addStretch()
        inner.addLayout(line)
        self._warning.hide()
        self.inner.addWidget(self._warning)

    def update_view(self) -> None:
        """Which pages are open."""
        model = self._model
        self.pill.show_words(
            t("Connected") if model.is_connected else t("Not connected"),
            "good" if model.is_connected else "calm",
        )
        for variant in self.variants.values():
            variant.update_view()
        self.renew_button.setEnabled(not model.is_renewing)

    def _ask(self, *, wanted: bool) -> None:
        self._warning.setVisible(wanted)
        self.renew_button.setVisible(not wanted)
        (self.keep_button if wanted else self.renew_button).setFocus()

    def _renew(self) -> None:
        self._ask(wanted=False)
        self._model.renew()
