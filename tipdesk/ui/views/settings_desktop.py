"""Settings: what closing the window does, notifications, starting at login."""

from PySide6.QtCore import QSignalBlocker

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.viewmodels.desktop import DesktopViewModel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.switch import Switch
from tipdesk.ui.widgets.text import Text


class DesktopSection(SettingsSection):
    """What is set holds at once."""

    TITLE = Phrase("Desktop")
    ICON = "desktop"

    def __init__(self, model: DesktopViewModel) -> None:
        super().__init__()
        self._model = model
        running = SettingGroup(t("Running"))
        self.keep_running = Switch(t("Keep running when the window is closed"))
        self.keep_running.toggled.connect(model.keep_running)
        self._running_note = running.add(
            t("Keep running when the window is closed"), self.keep_running, " "
        )
        self.at_login = Switch(t("Start at login"))
        self.at_login.toggled.connect(model.start_at_login)
        self._login_note = running.add(t("Start at login"), self.at_login, " ")
        self.add(running)
        told = SettingGroup(t("Notifications"))
        self.notify = Switch(t("Tell me on the desktop"))
        self.notify.toggled.connect(model.notify)
        told.add(
            t("Tell me on the desktop"),
            self.notify,
            t(
                "Tips and payments that come in, a tip that failed, and a channel that needs you, "
                "while the window is not in front. When TipDesk is locked or hides amounts, "
                "without amounts and names."
            ),
        )
        self.add(told)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.add(self._problem)

    def update_view(self) -> None:
        """What holds now."""
        model = self._model
        for switch, on in (
            (self.keep_running, model.keeps_running and model.has_tray),
            (self.at_login, model.starts_at_login),
            (self.notify, model.notifies),
        ):
            with QSignalBlocker(switch):
                switch.setChecked(on)
        self.keep_running.setEnabled(model.has_tray)
        self.at_login.setEnabled(model.can_start_at_login)
        self._running_note.setText(
            t("TipDesk stays in the tray: it receives tips and looks after your channels.")
            if model.has_tray
            else t("This desktop shows no tray, so closing the window ends TipDesk.")
        )
        self._login_note.setText(
            t("Without a window, in the tray, with the profile that was open last.")
            if model.has_tray
            else t("With its window, and the profile that was open last.")
        )
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))

    def showEvent(self, event: object) -> None:
        """The system may have been told otherwise meanwhile."""
        self._model.look_at_login()
