"""What the window says, in the person's language.

`t` and `tn` are for the window's own words, `say` for a `Phrase` that came from below. Catalogues
(`languages/tipdesk_*.ts`) are Qt's; their one context is ``TipDesk``. A language is chosen before
the window is made: what is on the screen already stays in the one before.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from tipdesk.base.phrase import Phrase, plain

CONTEXT: Final = "TipDesk"
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "zh_CN": "简体中文"}
"""Those that are complete, each by its own name."""


def t(pattern: str, /, **operands: Any) -> str:  # noqa: ANN401 - values of any type
    """``t("Paid {amount}", amount=Msat(21_000))``, in the person's language."""
    return say(Phrase(pattern, **operands))


def tn(count: int, one: str, many: str, /, **operands: Any) -> str:  # noqa: ANN401
    """The same for what depends on a number: ``tn(2, "{count} tip", "{count} tips")``."""
    return say(Phrase.counted(count, one, many, **operands))


def say(text: str) -> str:
    """A phrase in the person's language; any other text, such as somebody's name, as it is."""
    if not isinstance(text, Phrase):
        return text
    if text.parts:
        return text.between.join(map(say, text.parts))
    found = QCoreApplication.translate(CONTEXT, text.pattern, "", _form(text))
    if found == text.pattern:
        # Not translated; English has its form for one beside the pattern.
        found = text.one if text.number == 1 else text.pattern
    if not text.operands:
        return found
    shown = {name: _shown(value) for name, value in text.operands.items()}
    try:
        return found.format_map(shown)
    except (KeyError, IndexError, ValueError):
        return text  # A translator's slip costs the language of one sentence, not the sentence.


class Language:
    """The translators of one language, put into the application; kept as long as they shall act."""

    def __init__(self, name: str) -> None:
        self.name = name if name in LANGUAGES else "en"
        self._translators: list[QTranslator] = []

    def use(self) -> None:
        """From now on everything newly said is in this language."""
        QLocale.setDefault(QLocale(self.name))
        own = files("tipdesk.ui").joinpath("languages")
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for catalogue, folder in (("qtbase", qt), ("tipdesk", str(own))):
            translator = QTranslator()
            if translator.load(f"{catalogue}_{self.name}", folder):
                QCoreApplication.installTranslator(translator)
                self._translators.append(translator)

    def leave(self) -> None:
        """English again."""
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        self._translators.clear()
        QLocale.setDefault(QLocale("en"))


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


def _form(text: Phrase) -> int:
    """What Qt chooses the plural form by; -1 where there is only one."""
    return -1 if text.number is None else min(abs(text.number), 2_147_483_647)


def _shown(value: object) -> str:
    return say(value) if isinstance(value, str) else plain(value)
