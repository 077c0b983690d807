"""What the window says, in the person's language.

`t` and `tn` are for the window's own words, `say` for a `Phrase` that came from below. Catalogues
(`languages/tipdesk_*.ts`) are Qt's; their one context is ``TipDesk``. A language is chosen before
the window is made: what is on the screen already stays in the one before.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QLocale, QTranslator

from tipdesk.base.phrase import Phrase, plain
from tipdesk.base.units import Msat, Sat
from tipdesk.ui.veil import DOTS, veil

CONTEXT: Final = "TipDesk"
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "zh_CN": "简体中文"}
"""Those that are complete, each by its own name."""


def t(pattern: str, /, **operands: object) -> str:
    """``t("Paid {amount}", amount=Msat(21_000))``, in the person's language."""
    return say(Phrase(pattern, **operands))


def tn(count: int, one: str, many: str, /, **operands: object) -> str:
    """The same for what depends on a number: ``tn(2, "{count} tip", "{count} tips")``."""
    return say(Phrase.counted(count, one, many, **operands))


def say(text: str) -> str:
    """A phrase in the person's language; any other text, such as somebody's name, as it is."""
    if not isinstance(text, Phrase):
        return text
    if text.parts:
        return text.between.join(map(say, text.parts))
    found = "" if _spoken.language is None else _spoken.language.translated(text)
    if not found:
        # English has its form for one beside the pattern.
        found = text.one if text.number == 1 else text.pattern
    if not text.operands:
        return found
    shown = {name: _shown(value) for name, value in text.operands.items()}
    try:
        return found.format_map(shown)
    except (KeyError, IndexError, ValueError):
        return text  # A translator's slip costs the language of one sentence, not the sentence.


class Language:
    """The catalogue of one language; what is said while it is in use is said by it.

    It is asked directly and not put into the application: that would send an event to every widget
    there is, and words that are on the screen stay as they are in any case.
    """

    def __init__(self, name: str) -> None:
        self.name = name if name in LANGUAGES else "en"
        self._catalogue = QTranslator()
        self._catalogue.load(f"tipdesk_{self.name}", str(files("tipdesk.ui").joinpath("languages")))

    def use(self) -> None:
        """From now on everything newly said is in this language."""
        _spoken.language = self
        QLocale.setDefault(QLocale(self.name))

    def leave(self) -> None:
        """English again."""
        _spoken.language = None
        QLocale.setDefault(QLocale("en"))

    def translated(self, text: Phrase) -> str:
        """The pattern in this language; empty if nobody translated it."""
        form = -1 if text.number is None else min(abs(text.number), 2_147_483_647)
        return self._catalogue.translate(CONTEXT, text.pattern, "", form) or ""


def speak(name: str) -> None:
    """The language of that name from now on; that of the system if it is empty."""
    wanted = name or system_language()
    if wanted == spoken():
        QLocale.setDefault(QLocale(wanted))  # English months, also on a French computer.
    else:
        Language(wanted).use()


def spoken() -> str:
    """The name of the language that is in use."""
    return "en" if _spoken.language is None else _spoken.language.name


def system_language() -> str:
    """The first of the person's languages that TipDesk speaks."""
    for wanted in QLocale.system().uiLanguages():
        name = wanted.replace("-", "_")
        if name in LANGUAGES:
            return name
        for known in LANGUAGES:
            # Hans is the writing of zh_CN; zh alone means it too, zh_TW does not.
            if name.split("_")[0] == known.split("_")[0] and _same_writing(name, known):
                return known
    return "en"


def _same_writing(name: str, known: str) -> bool:
    return QLocale(name).script() == QLocale(known).script()


def _shown(value: object) -> str:
    if isinstance(value, Msat | Sat) and veil().is_down:
        return f"{DOTS} sat"
    return say(value) if isinstance(value, str) else plain(value)


class _Spoken:
    language: Language | None = None


_spoken = _Spoken()
