"""A language that nobody speaks: what is not written in it never went through the catalogue.

Every pattern is marked and a third longer than in English, as German or Finnish may be; what was
put into its places stays as it is. ``python -m tests.ui.pseudo FOLDER [NAME ...]`` renders states
of the gallery in it, and says what is amiss.
"""

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import unescape
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.ui.i18n import Language, spoken
from tipdesk.ui.widgets.bubble_text import BubbleText
from tipdesk.ui.widgets.text import Elided, Prose

OPEN, CLOSE = "\u27e6", "\u27e7"
SMALL = QSize(1_024, 700)
_ACCENTS = str.maketrans("aceinorsuyACEINORSUY", "áçéîñöŕšüýÁÇÉÎÑÖŔŠÜÝ")
_PLACE = re.compile(r"(\{\w+\})")
_DATE_FORMS = frozenset({"d MMM yyyy", "d MMM", "MMM yyyy"})
"""Qt reads these: their letters are no words."""
_MARKED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SEPARATORS = re.compile(
    r"@?\u2068.*?\u2069|\s+\u00b7\s+|\n|:(?=\s|$)|, |\. |\s\u201c|\u201d|\(|\)"
)


class Pseudo(Language):
    """Has a translation of every pattern; dates are as German has them."""

    def __init__(self) -> None:
        self.name = "de"

    def translated(self, text: Phrase) -> str:
        """The pattern, marked and longer."""
        if text.pattern in _DATE_FORMS:
            return text.pattern
        return marked(text.pattern)


@contextmanager
def pseudo(direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight) -> Iterator[None]:
    """The window speaks it, from left to right or from right to left."""
    language = Pseudo()
    language.use()
    QApplication.setLayoutDirection(direction)
    try:
        yield
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        language.leave()
        assert spoken() == "en"


def marked(pattern: str) -> str:
    """``⟦Páîd {amount} lö⟧``: with accents, and longer by 40 percent."""
    parts = _PLACE.split(pattern)
    said = "".join(part if _PLACE.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    letters = sum(len(part) for part in parts if not _PLACE.fullmatch(part))
    more = " ".join(["lö"] * max(1, round(letters * 0.4 / 3)))
    return f"{OPEN}{said} {more}{CLOSE}"


def complaints(window: QWidget, data: frozenset[str]) -> list[str]:
    """What is plain English, and what is cut, in all that is seen of a window."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        if widget.isVisible():
            found += [f"plain: {where} {text!r}" for where, text in _plain(widget, data)]
            found += [f"cut: {text!r}" for text in _cut(widget)]
    return found


def _plain(widget: QWidget, data: frozenset[str]) -> Iterator[tuple[str, str]]:
    for where, text in _texts(widget):
        if rest := unmarked(text, data):
            yield f"{type(widget).__name__}.{where}", rest


def _texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    yield "tooltip", unescape(re.sub(r"<[^>]+>", "", widget.toolTip()))
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()


def unmarked(text: str, data: frozenset[str]) -> str:
    """What of a text is neither marked nor somebody's words."""
    if text in data:
        return ""
    # What is outside of all marks; marks within marks are of phrases within phrases.
    before = None
    while before != text:
        before, text = text, _MARKED.sub("", text)
    rest = (part.strip() for part in _SEPARATORS.split(text))
    return " | ".join(part for part in rest if _LETTERS.search(part) and not _is_data(part, data))


def _is_data(part: str, data: frozenset[str]) -> bool:
    forms = (_FIGURE, _IDENTIFIER, _DATE, _ALERT, _KEYS)
    if part in data or any(form.fullmatch(part) for form in forms):
        return True
    bare = part.rstrip("\u2026").strip(" .@\u201c\u201d+\u2212-~")
    return bare in data or (len(bare) >= _LONG and any(bare in one for one in data))


_LONG = 18
"""So many letters in a row are no chance: a part of a post, not a word that a label has too."""
_FIGURE = re.compile(r"[+=\u2248\u2212~-]?\s?[\d.,\u2022]*\s?(sat|[A-Z]{3})?(\s[\d.,]+)?")
_IDENTIFIER = re.compile(
    r"[\w.+-]*[\d@/\u2026][\w@./:?=&%#\u2026\u2022\u200b+-]*|(\w+\.)+\w+|(https?|wss?)://\S*"
)
_DATE = re.compile(r"\d+\.? \w+\.?( \d{4})?( \d\d:\d\d(:\d\d)?)?|\w+ \d{4}")
_ALERT = re.compile(r".+ tipped [\d,]+ sat|/usr/bin/aplay .+|.*(very){9}.*|With|and|<b>Eve</b>.*")
"""What the owner of alerts and triggers wrote for them, and what the stage puts together."""
_KEYS = re.compile(
    r"((Ctrl|Shift|Alt)\+)*(Return|Enter|Esc|Tab|Up|Down|Left|Right|Home|End|Pg\w+|.)"
)


def _cut(widget: QWidget) -> Iterator[str]:
    if not _has_words(widget) or _may_cut(widget):
        return
    text = next(text for where, text in _texts(widget) if where == "text")
    if isinstance(widget, QLabel) and widget.wordWrap():
        if widget.heightForWidth(widget.width()) > widget.height() + 2:
            yield text
        wide = QFontMetrics(widget.font()).horizontalAdvance(max(text.split(), key=len))
    elif isinstance(widget, QLabel):
        wide = widget.sizeHint().width()
    else:
        # Long words of a button may end in an ellipsis, if most of them can be read.
        wide = round(_LEGIBLE * QFontMetrics(widget.font()).horizontalAdvance(text))
    # What scrolls may be out of sight; what a window or a panel cuts off may not.
    seen = widget.width() if _scrolls(widget) else widget.visibleRegion().boundingRect().width()
    if wide > seen + 2 and seen:
        yield text


_LEGIBLE = 0.6


def _has_words(widget: QWidget) -> bool:
    return isinstance(widget, QLabel | QAbstractButton) and bool(widget.text().strip())


def _may_cut(widget: QWidget) -> bool:
    """They end in an ellipsis and have the whole in a tool tip, or take more lines."""
    return isinstance(widget, Elided | Prose | BubbleText | QCheckBox)


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


@cache
def stage_words() -> frozenset[str]:
    """All that the people of the stage are called and have written."""
    found: set[str] = set(_EVERYWHERE)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name.startswith(("stage", "content")) or path.name.endswith(("pictures.py",)):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.update((node.value, " ".join(node.value.split())))
                    found.update(_SEPARATORS.split(node.value))
    return frozenset(one_line(one, maximum=5_000).strip() for one in found)


_EVERYWHERE = ("TipDesk", "sat", "English", "简体中文", "Nostr", "LNURL")
"""Names that are the same in every language."""


async def look(name: str, picture: Path | None = None) -> list[str]:
    """What is amiss in a state of the gallery at the smaller size."""
    from tests.ui import gallery

    found: list[str] = []

    def seen(window: QWidget) -> None:
        for _ in range(3):  # What changed may change what is around it.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        found.extend(complaints(window, stage_words()))
        if picture is not None:
            window.grab().save(str(picture))

    await gallery.visit(name, SMALL, seen)
    return found


async def main(folder: Path, names: tuple[str, ...]) -> None:
    """Pictures in both directions, and what is amiss in each."""
    from tests.ui import gallery

    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        end = "ltr" if direction is Qt.LayoutDirection.LeftToRight else "rtl"
        for name in names or gallery.NAMES:
            with pseudo(direction):
                found = await look(name, folder / f"{name}-{end}.png")
            for one in dict.fromkeys(found):
                print(f"{name}-{end}: {one}")  # noqa: T201 - the command's answer


if __name__ == "__main__":
    from tipdesk.ui.loop import run
    from tipdesk.ui.program import application

    application()
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    run(lambda: main(Path(sys.argv[1]), tuple(sys.argv[2:])))
