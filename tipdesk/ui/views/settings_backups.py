"""Settings: what is kept where, a second folder, and whether a restore would work."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import ask, spawn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.backups import BackupsViewModel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text


class BackupsSection(SettingsSection):
    """`history_wanted` when the history is to be written to a file."""

    TITLE = Phrase("Backups")
    ICON = "export"

    history_wanted = Signal()

    def __init__(self, model: BackupsViewModel) -> None:
        super().__init__()
        self._model = model
        self.add(self._make_files())
        self.add(self._make_test())
        kept = SettingGroup(t("Everything else"))
        self.history_button = Button(t("Export"), small=True, name=t("Export the history"))
        self.history_button.clicked.connect(self.history_wanted)
        kept.add(
            t("History"),
            self.history_button,
            t("Neither the words nor the channel backup bring it back: export it now and then."),
        )
        self.add(kept)

    def showEvent(self, event: QShowEvent) -> None:
        """Looks at the files."""
        super().showEvent(event)
        self._model.read()

    def update_view(self) -> None:
        """What is there now."""
        model = self._model
        for note, (path, said) in zip(self._copies, model.copies, strict=False):
            note.setText(f"{said}\n{path}")
            note.show()
        self._second.setText(
            model.copies[1][1] + "\n" + model.second
            if model.second and len(model.copies) > 1
            else t("On another disk or in a synced folder. The file is encrypted by your words.")
        )
        self.none_button.setVisible(bool(model.second))
        self.folder_button.set_label(t("Change") if model.second else t("Choose"))
        self._peers.setText(model.holders)
        said = model.problem or model.told
        self._result.setText(said)
        self._result.set_tone("bad" if model.problem else "soft")
        self._result_line.setVisible(bool(said))
        for button in (self.test_button, self.write_button, self.folder_button, self.none_button):
            button.setEnabled(not model.is_busy)

    @property
    def result_text(self) -> str:
        """What came of the last press."""
        return "" if self._result_line.isHidden() else self._result.text()

    def _make_files(self) -> SettingGroup:
        group = SettingGroup(t("Channel backup"))
        self.write_button = Button(t("Write now"), small=True)
        self.write_button.clicked.connect(self._model.write_now)
        self._copies = [group.add(t("In the profile"), self.write_button, " ")]
        buttons = QWidget()
        line = row(spacing=Space.SNUG)
        buttons.setLayout(line)
        self.folder_button = Button(t("Choose"), small=True, name=t("Choose a second folder"))
        self.folder_button.clicked.connect(lambda: spawn(self._choose(), self))
        self.none_button = Button(t("None"), small=True, name=t("Keep no second copy"))
        self.none_button.clicked.connect(lambda: self._model.use_folder(None))
        line.addWidget(self.none_button)
        line.addWidget(self.folder_button)
        self._second = group.add(t("Second copy"), buttons, " ")
        self._peers = group.add(t("With your peers"), None, " ")
        return group

    def _make_test(self) -> SettingGroup:
        group = SettingGroup(t("Would it work?"))
        self.test_button = Button(t("Test a restore"), small=True)
        self.test_button.clicked.connect(self._model.test)
        group.add(
            t("Test a restore"),
            self.test_button,
            t("Opens the newest backup with this profile's words. Nothing is changed or sent."),
        )
        self._result_line = QWidget()
        line = row()
        line.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        self._result_line.setLayout(line)
        self._result = Text("", Type.SMALL, "soft", wrap=True)
        line.addWidget(self._result, 1)
        group.add_widget(self._result_line)
        return group

    async def _choose(self) -> None:
        dialog = QFileDialog(self.window(), t("A folder for the second copy"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        try:
            done = await ask(dialog)
            files = dialog.selectedFiles()
        finally:
            dialog.deleteLater()
        if done == QDialog.DialogCode.Accepted and files:
            self._model.use_folder(files[0])
