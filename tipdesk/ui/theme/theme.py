"""The theme in force: follows the system until it is forced."""

from enum import Enum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import DARK, LIGHT, STARK_DARK, STARK_LIGHT, Roles
from tipdesk.ui.theme.stylesheet import stylesheet


class Mode(Enum):
    """Which theme is wanted."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Contrast(Enum):
    """How strongly things stand out."""

    SYSTEM = "system"
    NORMAL = "normal"
    HIGH = "high"


class Motion(Enum):
    """Whether things may move that need not."""

    FULL = "full"
    REDUCED = "reduced"


class Theme(QObject):
    """Holds the colours in force; `changed` when they became others."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode = Mode.SYSTEM
        self._contrast = Contrast.SYSTEM
        self._roles = LIGHT
        self._stylesheet = ""
        self.motion = Motion.FULL

    @property
    def roles(self) -> Roles:
        """The colours to paint with now."""
        return self._roles

    @property
    def mode(self) -> Mode:
        """What was asked for."""
        return self._mode

    @property
    def contrast(self) -> Contrast:
        """What was asked for."""
        return self._contrast

    @property
    def stylesheet(self) -> str:
        """For `QApplication.setStyleSheet`."""
        return self._stylesheet

    def follow_system(self) -> None:
        """Hears from now on when the system turns dark or light, or to high contrast."""
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)

    def use(self, mode: Mode, contrast: Contrast | None = None) -> None:
        """Puts a theme in force; the contrast stays as it was if none is named."""
        self._mode = mode
        if contrast is not None:
            self._contrast = contrast
        dark = mode is Mode.DARK or (mode is Mode.SYSTEM and _system_is_dark())
        wanted = self._contrast
        stark = wanted is Contrast.HIGH or (wanted is Contrast.SYSTEM and _system_is_stark())
        if stark:
            self._roles = STARK_DARK if dark else STARK_LIGHT
        else:
            self._roles = DARK if dark else LIGHT
        self._stylesheet = stylesheet(self._roles)
        QGuiApplication.setPalette(palette(self._roles))
        QGuiApplication.setFont(font(Type.BODY))
        self.changed.emit()

    def _system_changed(self) -> None:
        if self._mode is Mode.SYSTEM or self._contrast is Contrast.SYSTEM:
            self.use(self._mode)


@cache
def theme() -> Theme:
    """The one theme of the process."""
    return Theme()


def roles() -> Roles:
    """The colours to paint with now."""
    return theme().roles


def palette(colours: Roles) -> QPalette:
    """Qt's own palette from our roles, for what the stylesheet does not reach."""
    result = QPalette()
    group = QPalette.ColorRole
    for role, colour in (
        (group.Window, colours.canvas),
        (group.WindowText, colours.ink),
        (group.Base, colours.surface),
        (group.AlternateBase, colours.sunken),
        (group.Text, colours.ink),
        (group.PlaceholderText, colours.ink_faint),
        (group.Button, colours.sunken),
        (group.ButtonText, colours.ink),
        (group.ToolTipBase, colours.raised),
        (group.ToolTipText, colours.ink),
        (group.Highlight, colours.accent),
        (group.HighlightedText, colours.on_accent),
        (group.Link, colours.accent_ink),
        (group.Mid, colours.line_strong),
        (group.Light, colours.surface),
        (group.Dark, colours.line_strong),
    ):
        result.setColor(role, QColor(colour))
    return result


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _system_is_stark() -> bool:
    # The binding ends what `accessibility` gives together with the hints it came from: keep them.
    hints = QGuiApplication.styleHints()
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
