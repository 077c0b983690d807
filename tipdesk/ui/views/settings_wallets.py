"""Settings: the wallets that pay, and the panels that connect one and remove one."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ports.wallets import OWN
from tipdesk.services.wallets import WalletView
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.wallets import WalletsViewModel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.action_line import Act, Line, LineList
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.wallet_form import WalletForm

_WIDE = 480
_NARROW = 400


class WalletsSection(SettingsSection):
    """`connected` when another wallet pays from now on."""

    TITLE = Phrase("Wallets")
    ICON = "wallet"

    connected = Signal()

    def __init__(self, model: WalletsViewModel) -> None:
        super().__init__()
        self._model = model
        self.panel: ConnectPanel | None = None
        self.removal: RemovePanel | None = None
        group = SettingGroup(t("What pays"))
        holder = QWidget()
        listed = column(holder, spacing=Space.NEAR)
        listed.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        self.list = LineList(t("Wallets"), wrap=True)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        listed.addWidget(self.list)
        listed.addWidget(self._problem)
        group.add_widget(holder)
        self.add(group)
        more = SettingGroup(t("One you have"))
        self.connect_button = Button(t("Connect"), small=True, name=t("Connect a wallet"))
        self.connect_button.clicked.connect(self._open)
        more.add(
            t("A node or wallet of yours"),
            self.connect_button,
            t(
                "TipDesk pays and is paid through it. What is under way stays with the wallet that "
                "holds it, and there is one history over all."
            ),
        )
        self.add(more)

    def showEvent(self, event: QShowEvent) -> None:
        """Asks each what it holds."""
        super().showEvent(event)
        self._model.read()

    def open_with(self, link: str) -> None:
        """The panel, with a link that came from elsewhere; nobody is asked yet."""
        self._open()
        self._model.draft.bring(link)

    def update_view(self) -> None:
        """Those that there are now."""
        self.list.show_lines([self._line(place, one) for place, one in enumerate(self._model.all)])
        self._problem.setText("" if self._model.leaving else self._model.problem)
        self._problem.setVisible(bool(self._problem.text()))

    def _line(self, place: int, view: WalletView) -> Line:
        name, model = say(view.name), self._model
        acts = []
        if not view.is_chosen:
            use = t("Pay with {name}", name=name)
            acts.append(Act(t("Use"), use, lambda: model.choose(view.wallet)))
        if view.problem:
            again = t("Ask {name} again what it can do", name=name)
            acts.append(Act(t("Ask again"), again, lambda: model.ask_again(view.wallet)))
        if view.wallet != OWN:
            remove = t("Remove {name}", name=name)
            acts.append(Act(t("Remove"), remove, lambda: self._ask(place, view)))
        return Line(
            name,
            model.about(view),
            state=t("Pays") if view.is_chosen else "",
            state_tone="good",
            tone="bad" if view.problem else "",
            acts=tuple(acts),
        )

    def _open(self) -> None:
        if self.panel is None:
            self.panel = ConnectPanel(self._model, self.window())
            self._model.draft.done.connect(self.connected)
        corner = self.connect_button.mapTo(self.window(), self.connect_button.rect().topLeft())
        self.panel.open_for(self.connect_button.rect().translated(corner), self.connect_button)

    def _ask(self, place: int, view: WalletView) -> None:
        if self.removal is None:
            self.removal = RemovePanel(self._model, self.window())
        button = self.list.lines[place].buttons[-1]
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.removal.open_for(view, button.rect().translated(corner), button)


class ConnectPanel(Popover):
    """The form in a panel; what was secret is gone when it closes."""

    def __init__(self, model: WalletsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDE)
        self._draft = model.draft
        self.setAccessibleName(t("Connect a wallet"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Connect a wallet")))
        self.form = WalletForm(model.draft)
        self.form.resized.connect(self._grow)
        layout.addWidget(self.form)
        model.draft.done.connect(self.dismiss)
        self.closed.connect(model.draft.clear)

    def open_for(self, anchor: QRect, back: QWidget) -> None:
        """Empty."""
        self._draft.clear()
        self.open_at(anchor, back)
        self.form.take_keyboard()

    def _grow(self) -> None:
        if not self.isHidden():
            self.fit()


class RemovePanel(Popover):
    """Says what goes with a wallet, and forgets its key."""

    def __init__(self, model: WalletsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_NARROW)
        self._model = model
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        self._title = Text("", Type.HEADING, wrap=True)
        about = t(
            "TipDesk forgets its key. The money stays in it, and so does your history here. "
            "Revoke the key there too, if nobody else uses it."
        )
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        for part in (self._title, Text(about, Type.BODY, "soft", wrap=True), self._problem):
            layout.addWidget(part)
        self.keep_button = Button(t("Keep it"))
        self.keep_button.clicked.connect(self.dismiss)
        self.button = Button(t("Remove it"), look=Look.DANGER)
        self.button.clicked.connect(model.remove)
        line = row()
        line.addWidget(self.keep_button, 1)
        line.addWidget(self.button, 1)
        layout.addLayout(line)
        model.changed.connect(self._update)

    @property
    def problem_text(self) -> str:
        """Why it cannot go."""
        return self._problem.text()

    def open_for(self, view: WalletView, anchor: QRect, back: QWidget) -> None:
        """Asks about a wallet."""
        title = t("Remove {name}?", name=say(view.name))
        self.setAccessibleName(title)
        self._title.setText(title)
        self._model.begin_removal(view)
        self.open_at(anchor, back)
        self._update()
        self.keep_button.setFocus()

    def _update(self) -> None:
        if self.isHidden():
            return
        if self._model.leaving is None:
            self.dismiss()
            return
        self._problem.setText(self._model.problem)
        self._problem.setVisible(bool(self._model.problem))
