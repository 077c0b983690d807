"""Settings: apps that use the wallet, and the panels that connect, change and revoke one."""

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.services.connections import ConnectionView
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.connections import ConnectionsViewModel, Preset
from tipdesk.ui.views.app_panel import AppPanel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.app_line import AppLine
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column, line, row
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text

_NARROW = 400


class AppsSection(SettingsSection):
    """Each with what it may do and what it used."""

    TITLE = Phrase("Connected apps")
    ICON = "plug"

    def __init__(self, model: ConnectionsViewModel) -> None:
        super().__init__()
        self._model = model
        self.panel: AppPanel | None = None
        self.revocation: RevokePanel | None = None
        group = SettingGroup(t("Other apps"))
        self.connect_button = Button(t("Connect"), small=True, name=t("Connect an app"))
        self.connect_button.clicked.connect(lambda: self._open())
        group.add(
            t("Let an app use this wallet"),
            self.connect_button,
            t(
                "It pays and is paid while TipDesk runs, within what you allow. It reaches TipDesk "
                "over relays (Nostr Wallet Connect), which cannot read what the two say."
            ),
        )
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.add(group)
        self.add(self._problem)
        self.live = _Apps(t("Connected"))
        self.add(self.live)
        self.ended = _Apps(t("Ended"))
        self.add(self.ended)

    def update_view(self) -> None:
        """Those that there are now."""
        model = self._model
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self._fill(self.live, model.live)
        self._fill(self.ended, model.ended)
        self.ended.setVisible(bool(model.ended))

    def _fill(self, apps: "_Apps", views: Sequence[ConnectionView]) -> None:
        model = self._model
        for row_, view in zip(apps.rows_for(len(views)), views, strict=True):
            row_.view = view
            row_.show_app(
                view.connection.name, model.may(view) if view.is_live else "", model.about(view)
            )
            budget, used = view.spending.budget, view.spending.used
            part = used.value / budget.value if budget else 0.0
            row_.show_use(part, model.used(view))
            row_.show_ended(is_ended=not view.is_live)
            if not row_.is_wired:
                row_.is_wired = True
                row_.change_button.clicked.connect(lambda _=False, one=row_: self._change(one))
                row_.revoke_button.clicked.connect(lambda _=False, one=row_: self._ask(one))

    def open_for_tips(self) -> None:
        """The panel, for a provider that answers for the person's address."""
        self._open(Preset.TIPS)

    def _open(self, preset: Preset = Preset.PAY) -> None:
        self._panel().open_new(_place(self.connect_button), self.connect_button, preset)

    def _change(self, shown: "_Row") -> None:
        if shown.view is not None:
            self._panel().open_change(shown.view, _place(shown.change_button), shown.change_button)

    def _ask(self, shown: "_Row") -> None:
        if self.revocation is None:
            self.revocation = RevokePanel(self._model, self.window())
        if shown.view is not None:
            button = shown.revoke_button
            self.revocation.open_for(shown.view, _place(button), button)

    def _panel(self) -> AppPanel:
        if self.panel is None:
            self.panel = AppPanel(self._model, self.window())
        return self.panel


class _Row(AppLine):
    """A line that knows whom it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.view: ConnectionView | None = None
        self.is_wired = False


class _Apps(QWidget):
    """A heading over a card of apps; a sentence where there are none."""

    def __init__(self, title: str) -> None:
        super().__init__()
        outer = column(self, spacing=Space.SNUG)
        heading = Text(title, Type.SMALL_STRONG, "soft")
        heading.setContentsMargins(Space.TIGHT, 0, 0, 0)
        outer.addWidget(heading)
        card = Panel("card")
        self._lines: QVBoxLayout = column(card, spacing=0)
        outer.addWidget(card)
        self._none = Text(t("No app is connected."), Type.BODY, "soft", wrap=True)
        self._none.setContentsMargins(Space.ROOM, Space.ROOM, Space.ROOM, Space.ROOM)
        self._lines.addWidget(self._none)
        self.rows: list[_Row] = []
        self._parted: list[QWidget] = []

    def rows_for(self, count: int) -> list[_Row]:
        """As many rows, used again; the others are hidden."""
        while len(self.rows) < count:
            parted, added = line(), _Row()
            self._lines.addWidget(parted)
            self._lines.addWidget(added)
            self._parted.append(parted)
            self.rows.append(added)
        for place, shown in enumerate(self.rows):
            shown.setVisible(place < count)
            self._parted[place].setVisible(0 < place < count)
        self._none.setVisible(not count)
        return self.rows[:count]


class RevokePanel(Popover):
    """Says what ends with a connection, and ends it."""

    def __init__(self, model: ConnectionsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_NARROW)
        self._model = model
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        self._title = Text("", Type.HEADING, wrap=True)
        about = t(
            "The app can do nothing with this wallet from now on. What it is paying right now goes "
            "on to its end. To use it again, connect it anew."
        )
        layout.addWidget(self._title)
        layout.addWidget(Text(about, Type.BODY, "soft", wrap=True))
        self.keep_button = Button(t("Keep it"))
        self.keep_button.clicked.connect(self.dismiss)
        self.button = Button(t("Revoke it"), look=Look.DANGER)
        self.button.clicked.connect(self._revoke)
        across = row()
        across.addWidget(self.keep_button, 1)
        across.addWidget(self.button, 1)
        layout.addLayout(across)

    def open_for(self, view: ConnectionView, anchor: QRect, back: QWidget) -> None:
        """Asks about a connection."""
        title = t("Revoke {name}?", name=view.connection.name)
        self.setAccessibleName(title)
        self._title.setText(title)
        self._model.begin_revoking(view)
        self.open_at(anchor, back)
        self.keep_button.setFocus()

    def _revoke(self) -> None:
        self._model.revoke()
        self.dismiss()


def _place(button: Button) -> QRect:
    return button.rect().translated(button.mapTo(button.window(), button.rect().topLeft()))
