"""Settings: the lock of the window, and what only its owner may see."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.lock import MINUTES, LockSettingViewModel, LockViewModel
from tipdesk.ui.viewmodels.nostr_key import NostrKeyViewModel
from tipdesk.ui.viewmodels.secrets import SecretsViewModel
from tipdesk.ui.viewmodels.seed_words import SeedWordsViewModel
from tipdesk.ui.views.lock_panel import Change, LockPanel
from tipdesk.ui.views.nsec_panel import NsecPanel
from tipdesk.ui.views.secrets_panel import SecretsGroup
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.views.words_panel import WordsPanel, never_asked
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.copy_line import short_npub
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.setting_group import SettingGroup


class KeysSection(SettingsSection):
    """What is set holds at once."""

    TITLE = Phrase("Keys and lock")
    ICON = "lock"

    def __init__(
        self,
        lock: LockViewModel,
        setting: LockSettingViewModel,
        seed_words: SeedWordsViewModel,
        nostr_key: NostrKeyViewModel,
        secrets: SecretsViewModel,
    ) -> None:
        super().__init__()
        self._lock, self._setting = lock, setting
        self._seed_words = seed_words
        self.add(self._make_lock())
        self.add(self._make_words())
        self._nostr_key = nostr_key
        self.add(self._make_nostr())
        self.secrets = SecretsGroup(secrets)
        self.add(self.secrets)
        self.nsec_panel: NsecPanel | None = None
        self.words_panel: WordsPanel | None = None
        self.lock_panel: LockPanel | None = None

    def update_view(self) -> None:
        """What holds now."""
        is_set = self._lock.is_set
        self.set_button.setVisible(not is_set)
        for button in (self.lock_button, self.change_button, self.remove_button):
            button.setVisible(is_set)
        self._lock_note.setText(_on() if is_set else _off())
        self.minutes.choose(str(self._lock.minutes))
        self.minutes.setEnabled(is_set)
        self.secrets.update_view()
        self._words_note.setText(_checked() if self._seed_words.is_checked else _unchecked())

    def open_lock_panel(self, change: Change, button: QWidget) -> None:
        """Asks for what a change of the lock needs."""
        if self.lock_panel is None:
            self.lock_panel = LockPanel(self._setting, self.window())
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.lock_panel.open_for(change, button.rect().translated(corner), button)

    def open_words(self, button: QWidget) -> None:
        """The way to the words of the wallet."""
        if self.words_panel is None:
            self.words_panel = WordsPanel(self._seed_words, self.window())
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.words_panel.open_for(button.rect().translated(corner), button)

    def _make_words(self) -> SettingGroup:
        group = SettingGroup(t("Words of the wallet"))
        self.words_button = Button(t("Show them"), small=True, name=t("Show the words"))
        self.words_button.clicked.connect(lambda: self.open_words(self.words_button))
        self._words_note = group.add(t("Your words"), self.words_button, _unchecked())
        return group

    def open_nsec(self) -> None:
        """The warning before the private key is copied."""
        if self.nsec_panel is None:
            self.nsec_panel = NsecPanel(self._nostr_key, self.window())
        button = self.nsec_button
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.nsec_panel.open_for(button.rect().translated(corner), button)

    def _make_nostr(self) -> SettingGroup:
        group = SettingGroup(t("Nostr key"))
        npub = self._nostr_key.npub
        self.npub_button = Button(t("Copy"), small=True, name=t("Copy the public key"))
        self.npub_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(npub))
        shown = group.add(t("Public key (npub)"), self.npub_button, short_npub(npub))
        shown.setToolTip(npub)
        self.nsec_button = Button(t("Copy"), small=True, name=t("Copy the private key"))
        self.nsec_button.clicked.connect(self.open_nsec)
        about = t("For another program of yours. Whoever has it is you, for good.")
        group.add(t("Private key (nsec)"), self.nsec_button, about)
        return group

    def _make_lock(self) -> SettingGroup:
        group = SettingGroup(t("Lock of the window"))
        controls = QWidget()
        across = row(spacing=Space.SNUG)
        controls.setLayout(across)
        self.set_button = Button(t("Set a passphrase"), small=True)
        self.lock_button = Button(t("Lock now"), icon="lock", small=True)
        self.change_button = Button(t("Change"), small=True, name=t("Change the passphrase"))
        self.remove_button = Button(t("Remove"), small=True, name=t("Take the lock away"))
        for button, change in (
            (self.set_button, Change.SET),
            (self.change_button, Change.CHANGE),
            (self.remove_button, Change.REMOVE),
        ):
            button.clicked.connect(lambda _=False, b=button, c=change: self.open_lock_panel(c, b))
        self.lock_button.clicked.connect(self._lock.lock)
        for button in (self.set_button, self.lock_button, self.change_button, self.remove_button):
            across.addWidget(button)
        self._lock_note = group.add(t("Passphrase"), controls, _off())
        self.minutes = Segments(
            t("Lock after"), {str(minutes): _minutes(minutes) for minutes in MINUTES}
        )
        self.minutes.chosen.connect(lambda text: self._lock.set_minutes(int(text)))
        group.add(t("Lock by itself"), self.minutes, t("Minutes without a key or a click."))
        return group


def _minutes(minutes: int) -> str:
    return t("Never") if not minutes else str(minutes)


def _checked() -> str:
    return t("Written down and checked. {never}", never=never_asked())


def _unchecked() -> str:
    return t(
        "They bring your money back if this computer is lost. Not checked yet: write them on "
        "paper. {never}",
        never=never_asked(),
    )


def _on() -> str:
    return t("Asked when TipDesk starts, and whenever it locks. Ctrl+L locks it.")


def _off() -> str:
    return t("Without one, whoever is at this machine can tip from here.")
