"""The settings that there are, in their order."""

from collections.abc import Callable, Sequence
from functools import cached_property

from PySide6.QtCore import Signal

from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.commands import Command
from tipdesk.ui.views.settings import Entry, SettingsPage
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
        self._models, self._commands = models, commands
        super().__init__(
            (
                Entry(AppearanceSection, lambda: self.appearance),
                Entry(WalletsSection, lambda: self.wallets),
                Entry(AppsSection, lambda: self.apps),
                Entry(PrivacySection, lambda: self.privacy),
                Entry(KeysSection, lambda: self.keys),
                Entry(BackupsSection, lambda: self.backups),
                Entry(ProfilesSection, lambda: self.profiles),
                Entry(DesktopSection, lambda: self.desktop),
                Entry(KeyboardSection, lambda: self.keyboard),
                Entry(HelpSection, lambda: self.help),
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

    @cached_property
    def appearance(self) -> AppearanceSection:
        """How the window looks and speaks."""
        return self._keep(AppearanceSection(self._models.appearance))

    @cached_property
    def wallets(self) -> WalletsSection:
        """Which wallet pays."""
        return self._keep(WalletsSection(self._models.wallets))

    @cached_property
    def apps(self) -> AppsSection:
        """Apps that use ours."""
        return self._keep(AppsSection(self._models.connections))

    @cached_property
    def privacy(self) -> PrivacySection:
        """Who may learn what."""
        return self._keep(
            PrivacySection(self._models.privacy, self._models.veil, self._models.proxy)
        )

    @cached_property
    def keys(self) -> KeysSection:
        """Keys, words and the lock."""
        models = self._models
        return self._keep(
            KeysSection(
                models.lock,
                models.lock_setting,
                models.seed_words,
                models.nostr_key,
                models.secrets,
            )
        )

    @cached_property
    def backups(self) -> BackupsSection:
        """What is kept elsewhere."""
        section = BackupsSection(self._models.backups)
        section.history_wanted.connect(self.history_wanted)
        return self._keep(section)

    @cached_property
    def profiles(self) -> ProfilesSection:
        """The profiles on this machine."""
        section = ProfilesSection(self._models.profiles)
        section.front_wanted.connect(self.front_wanted)
        return self._keep(section)

    @cached_property
    def desktop(self) -> DesktopSection:
        """The tray, notices and links."""
        return self._keep(DesktopSection(self._models.desktop))

    @cached_property
    def keyboard(self) -> KeyboardSection:
        """The keys of all commands."""
        return self._keep(KeyboardSection(self._commands()))

    @cached_property
    def help(self) -> HelpSection:
        """The manual and reports."""
        return self._keep(HelpSection(self._models.help))
