"""The report for when something is wrong: shown whole, then saved where the person says."""

from pathlib import Path

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class HelpViewModel(ViewModel):
    """`report` once it was asked for; `told` what became of saving it, `problem` why not."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._diagnostics = app.diagnostics
        self.report = ""
        self.told = ""
        self.problem = ""

    def make(self) -> None:
        """How it stands now."""
        self.report, self.told, self.problem = self._diagnostics.report(), "", ""
        self.changed.emit()

    def save(self, path: Path) -> None:
        """Writes what is shown."""
        spawn(self._save(path), self)

    async def _save(self, path: Path) -> None:
        self.told, self.problem = "", ""
        try:
            await self._diagnostics.save(path, self.report)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        else:
            self.told = t("Written to {path}.", path=words.line(str(path)))
        self.changed.emit()
