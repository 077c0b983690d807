"""The settings that there are, in their order."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.commands import Command
from tipdesk.ui.views.settings import SettingsPage
from tipdesk.ui.views.settings_appearance import AppearanceSection
from tipdesk.ui.views.settings_backups import BackupsSection
from tipdesk.ui.views.settings_desktop import DesktopSection
from tipdesk.ui.views.settings_help import HelpSection
from tipdesk.ui.views.settings_keyboard import KeyboardSection
from tipdesk.ui.views.settings_keys import KeysSection
from tipdesk.ui.views.settings_privacy import PrivacySection


class AllSettings(SettingsPage):
    """Every section over its view models; `history_wanted` leads to what is exported.

    `commands` are those with keys.
    """

    history_wanted = Signal()

    def __init__(self, models: WindowModels, commands: Callable[[], Sequence[Command]]) -> None:
        self.privacy = PrivacySection(models.privacy, models.veil)
        self.keys = KeysSection(
            models.lock, models.lock_setting, models.seed_words, models.nostr_key
        )
        self.keyboard = KeyboardSection()
        self.help = HelpSection(models.help)
        self.desktop = DesktopSection(models.desktop)
        self.backups = BackupsSection(models.backups)
        super().__init__(
            (
                AppearanceSection(models.appearance),
                self.privacy,
                self.keys,
                self.backups,
                self.desktop,
                self.keyboard,
                self.help,
            ),
            (
                models.appearance,
                models.privacy,
                models.veil,
                models.lock,
                models.lock_setting,
                models.seed_words,
                models.backups,
                models.desktop,
                models.help,
            ),
        )
        self.backups.history_wanted.connect(self.history_wanted)
        self.keyboard.show_commands(commands())
