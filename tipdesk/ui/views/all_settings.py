"""The settings that there are, in their order."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.commands import Command
from tipdesk.ui.views.settings import SettingsPage
from tipdesk.ui.views.settings_appearance import AppearanceSection
from tipdesk.ui.views.settings_apps import AppsSection
from tipdesk.ui.views.settings_backups import BackupsSection
from tipdesk.ui.views.settings_desktop import DesktopSection
from tipdesk.ui.views.settings_help import HelpSection
from tipdesk.ui.views.settings_keyboard import KeyboardSection
from tipdesk.ui.views.settings_keys import KeysSection
from tipdesk.ui.views.settings_privacy import PrivacySection
from tipdesk.ui.views.settings_profiles import ProfilesSection
from tipdesk.ui.views.settings_wallets import WalletsSection


class AllSettings(SettingsPage):
    """Every section over its view models; `history_wanted` leads to what is exported,
    `front_wanted` to another profile.

    `commands` are those with keys.
    """

    history_wanted = Signal()
    front_wanted = Signal()

    def __init__(self, models: WindowModels, commands: Callable[[], Sequence[Command]]) -> None:
        self.privacy = PrivacySection(models.privacy, models.veil, models.proxy)
        self.keys = KeysSection(
            models.lock,
            models.lock_setting,
            models.seed_words,
            models.nostr_key,
            models.secrets,
        )
        self.wallets = WalletsSection(models.wallets)
        self.apps = AppsSection(models.connections)
        self.profiles = ProfilesSection(models.profiles)
        self.keyboard = KeyboardSection()
        self.help = HelpSection(models.help)
        self.desktop = DesktopSection(models.desktop)
        self.backups = BackupsSection(models.backups)
        super().__init__(
            (
                AppearanceSection(models.appearance),
                self.wallets,
                self.apps,
                self.privacy,
                self.keys,
                self.backups,
                self.profiles,
                self.desktop,
                self.keyboard,
                self.help,
            ),
            (
                models.appearance,
                models.wallets,
                models.connections,
                models.privacy,
                models.proxy,
                models.veil,
                models.lock,
                models.lock_setting,
                models.seed_words,
                models.secrets,
                models.backups,
                models.profiles,
                models.desktop,
                models.help,
            ),
        )
        self.backups.history_wanted.connect(self.history_wanted)
        self.profiles.front_wanted.connect(self.front_wanted)
        self.keyboard.show_commands(commands())
