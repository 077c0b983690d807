"""How the window looks and which language it speaks."""

from PySide6.QtCore import QObject

from tipdesk.services.preferences import PreferenceKeeper
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade


class AppearanceViewModel(ViewModel):
    """Preferences of the machine's user; what is set holds at once."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._keeper: PreferenceKeeper = app.preferences
        self._subscriptions.append(self._keeper.listen(self.touch))

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._keeper.now.theme

    @property
    def contrast(self) -> str:
        """``system``, ``normal`` or ``high``."""
        return self._keeper.now.contrast

    @property
    def motion(self) -> str:
        """``full`` or ``reduced``."""
        return self._keeper.now.motion

    @property
    def language(self) -> str:
        """Its code; empty for the system's."""
        return self._keeper.now.language

    def set_theme(self, theme: str) -> None:
        """Light, dark, or as the system has it."""
        self._keeper.change(theme=theme)

    def set_contrast(self, contrast: str) -> None:
        """Normal, high, or as the system has it."""
        self._keeper.change(contrast=contrast)

    def set_motion(self, motion: str) -> None:
        """Whether things may move that need not."""
        self._keeper.change(motion=motion)

    def set_language(self, language: str) -> None:
        """Its code; empty for the system's."""
        self._keeper.change(language=language)
