"""The look and the language that the preferences ask for."""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication

from tipdesk.services.preferences import PreferenceKeeper
from tipdesk.ui.i18n import speak
from tipdesk.ui.theme.theme import Contrast, Mode, Motion, theme

E = TypeVar("E", bound=Enum)


def wear(keeper: PreferenceKeeper) -> Callable[[], None]:
    """Puts on what is preferred, now and after each change; the result ends that."""

    def put_on() -> None:
        wanted = keeper.now
        mode, contrast = _one_of(Mode, wanted.theme), _one_of(Contrast, wanted.contrast)
        speak(wanted.language)
        QGuiApplication.setLayoutDirection(QLocale().textDirection())
        theme().motion = _one_of(Motion, wanted.motion)
        if (theme().mode, theme().contrast) != (mode, contrast):
            theme().use(mode, contrast)

    put_on()
    return keeper.listen(put_on)


def _one_of(kind: type[E], value: str) -> E:
    """The first one, if a hand wrote something else into the file."""
    return next((one for one in kind if one.value == value), next(iter(kind)))
