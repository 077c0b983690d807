"""Settings: what to do when something is wrong."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QWidget

from tipdesk import __version__
from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import ask, spawn
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.help import HelpViewModel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.views.words_panel import never_asked
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text

_HIGH = 260


class HelpSection(SettingsSection):
    """The report is read before it can be saved; nothing is sent."""

    TITLE = Phrase("Help")
    ICON = "info"

    def __init__(self, model: HelpViewModel) -> None:
        super().__init__()
        self._model = model
        self.add(self._make_report())
        self.add(self._make_about())

    def update_view(self) -> None:
        """The report, and what became of it."""
        model = self._model
        has_report = bool(model.report)
        if self.report.toPlainText() != model.report:
            self.report.setPlainText(model.report)
        self._shown.setVisible(has_report)
        self.save_button.setVisible(has_report)
        self.make_button.set_label(t("Make it anew") if has_report else t("Make a report"))
        said = model.problem or model.told
        self._said.setText(said)
        self._said.set_tone("bad" if model.problem else "good")
        self._said.setVisible(bool(said))

    def _make_report(self) -> QWidget:
        group = SettingGroup(t("When something is wrong"))
        controls = QWidget()
        across = row(spacing=Space.SNUG)
        controls.setLayout(across)
        self.make_button = Button(small=True, name=t("Make a report"))
        self.make_button.clicked.connect(self._model.make)
        self.save_button = Button(t("Save"), small=True, name=t("Save the report"))
        self.save_button.clicked.connect(lambda: spawn(self._save(), self._model))
        across.addWidget(self.make_button)
        across.addWidget(self.save_button)
        group.add(
            t("Report for whoever helps you"),
            controls,
            t(
                "Versions, states and the last lines of the log, without keys, addresses, names "
                "of servers and amounts. Read it before you give it to anybody: TipDesk sends it "
                "nowhere."
            ),
        )
        self._shown = QWidget()
        inner = column(self._shown, margin=Space.ROOM, spacing=Space.SNUG)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setFont(monospace(Type.SMALL))
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setFixedHeight(_HIGH)
        self.report.setAccessibleName(t("The report"))
        self._said = Text("", Type.SMALL, "good", wrap=True)
        inner.addWidget(self.report)
        inner.addWidget(self._said)
        group.add_widget(self._shown)
        return group

    def _make_about(self) -> QWidget:
        group = SettingGroup(t("About"))
        version = Text(__version__, Type.BODY, tabular=True)
        version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        group.add("TipDesk", version, never_asked())
        log = t("On the terminal that TipDesk was started from; the last lines are in the report.")
        group.add(t("Log"), None, log)
        return group

    async def _save(self) -> None:
        dialog = QFileDialog(self.window(), t("Save the report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile("tipdesk-report")
        try:
            done = await ask(dialog)
            files = dialog.selectedFiles()
        finally:
            dialog.deleteLater()
        if done == QDialog.DialogCode.Accepted and files:
            self._model.save(Path(files[0]))
