"""The first thing that is seen: three ways to begin, and the profiles there are."""

from PySide6.QtWidgets import QWidget

from tipdesk.services.front import ProfileEntry
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.views.front_step import FrontStep
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.choice_card import ChoiceCard
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.text import Text


class Welcome(FrontStep):
    """Every way can be left again."""

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__(
            model,
            t("Tip people for what they make"),
            t(
                "A few sats reach a creator in a fraction of a second, at a fee you see "
                "beforehand. How do you want to begin?"
            ),
            Type.DISPLAY,
        )
        layout = self.body
        self.practice = ChoiceCard(
            "bolt",
            t("Try it with practice coins"),
            t(
                "A small network on this computer: real nodes, real rules, coins without value. "
                "The first tip takes a minute, and nothing leaves the machine."
            ),
        )
        self.new = ChoiceCard(
            "wallet",
            t("Start a wallet here"),
            t("Your own keys and your own Lightning node in this app. Four questions."),
        )
        self.own = ChoiceCard(
            "channels",
            t("Use a wallet I have"),
            t("A node or wallet of yours pays for your tips: NWC, LND, Core Lightning, phoenixd."),
        )
        self.practice.clicked.connect(model.practise)
        self.new.clicked.connect(model.make_new)
        self.own.clicked.connect(model.bring_wallet)
        for card in (self.practice, self.new, self.own):
            layout.addWidget(card)
        self._known = QWidget()
        self._names = row(spacing=Space.SNUG)
        self._known.setLayout(self._names)
        self.profiles: list[Button] = []
        layout.addWidget(self._known)
        self.restore = Button(
            t("Restore a lost wallet from its words"), icon="undo", look=Look.GHOST, small=True
        )
        self.restore.clicked.connect(model.make_restored)
        foot = row()
        foot.addWidget(self.restore)
        foot.addStretch(1)
        layout.addLayout(foot)
        self.end()
        layout.addStretch(1)

    def update_view(self) -> None:
        """The profiles there are."""
        while (item := self._names.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        entries = self._model.profiles
        self.profiles = [self._button(entry) for entry in entries]
        if entries:
            self._names.addWidget(Text(t("Open again:"), Type.SMALL, "soft"))
        for button in self.profiles:
            self._names.addWidget(button)
        self._names.addStretch(1)
        self._known.setVisible(bool(entries))

    def take_keyboard(self) -> None:
        """What was open last, or the first way."""
        (self.profiles[0] if self.profiles else self.practice).setFocus()

    def _button(self, entry: ProfileEntry) -> Button:
        network = words.network(entry.network) if entry.network else t("cannot be read")
        label = t("{name} · {network}", name=words.name(entry.name), network=network)
        button = Button(label, icon="lock" if entry.needs_passphrase else "wallet", small=True)
        button.clicked.connect(lambda: self._model.open(entry))
        return button
