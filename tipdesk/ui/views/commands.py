"""Everything that can be done from anywhere: for palette, keyboard and the list of keys."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done now."""

    name: str
    run: Callable[[], object]
    keys: str = ""
    """As `QKeySequence` reads them; empty if none is bound."""
    words: str = ""
    """What else it may be looked for by."""

    @property
    def shown_keys(self) -> str:
        """As this system writes them."""
        return QKeySequence(self.keys).toString(QKeySequence.SequenceFormat.NativeText)


def bind(commands: Iterable[Command], window: QWidget) -> None:
    """Gives those with keys a shortcut in the window."""
    for command in commands:
        if command.keys:
            keys = QShortcut(QKeySequence(command.keys), window)
            keys.activated.connect(command.run)


def matching(commands: Iterable[Command], text: str) -> Iterator[Command]:
    """Those that have every word of `text`; names that begin with it come first."""
    wanted = text.casefold().split()
    fits: list[tuple[int, int, Command]] = []
    for command in commands:
        name = command.name.casefold()
        whole = f"{name} {command.words.casefold()}"
        if all(word in whole for word in wanted):
            place = 0 if name.startswith(text.casefold().strip()) else 1
            fits.append((place, len(fits), command))
    return (command for _, _, command in sorted(fits, key=lambda one: one[:2]))


def page_keys() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Keys that belong to one page or list: its name, then keys and what they do."""
    return (
        (
            t("Feed"),
            (
                ("J  K", t("Next and previous post")),
                ("T", t("Tip the smallest of the three amounts")),
                ("1  2  3", t("Tip one of the three amounts")),
                ("Shift+T", t("Tip an amount of your own")),
                ("Return", t("Read on")),
                ("P", t("Who wrote it")),
                ("Left  Right", t("Pictures of a post")),
                ("/", t("Search")),
            ),
        ),
        (
            t("Lists"),
            (
                ("Up  Down", t("Move")),
                ("PgUp  PgDown", t("Move by a page")),
                ("Home  End", t("First and last")),
                ("Return", t("Open")),
                ("Ctrl+C", t("Copy")),
            ),
        ),
        (t("Wallet"), (("N", t("A note on the payment")),)),
        (
            t("Messages"),
            (
                ("N", t("Write to somebody")),
                ("/", t("Search")),
                ("Ctrl+Return", t("Send")),
            ),
        ),
        (
            t("Creator"),
            (
                ("R", t("Reply to the tip")),
                ("/", t("Search")),
            ),
        ),
        (t("Panels"), (("Esc", t("Close")), ("Tab", t("Next control")))),
    )
