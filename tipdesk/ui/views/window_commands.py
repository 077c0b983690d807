"""The commands of the main window: its pages, panels, and what can be done from anywhere."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QRect, SignalInstance

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.theme import Contrast, theme
from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.commands import Command
from tipdesk.ui.views.editor import Editor
from tipdesk.ui.views.people import People
from tipdesk.ui.views.rail import LISTED, PageName, Rail, page_title
from tipdesk.ui.views.settings import Entry
from tipdesk.ui.views.window_pages import WindowPages

HIDE_ALERT: Final = "F9"
PALETTE: Final = "Ctrl+K"
_MOST_PEOPLE: Final = 6
_LINK_MARKS: Final = (":", "@", "lnbc", "lntb", "lnbcrt", "lnurl", "npub1", "nprofile1", "note1")


class Commanded(Protocol):
    """What commands need of the main window."""

    models: WindowModels
    pages: WindowPages
    people: People
    editor: Editor
    rail: Rail
    front_wanted: SignalInstance

    def open_page(self, name: PageName) -> None:
        """Shows a page."""
        ...

    def open_first_sats(self) -> None:
        """Shows where sats come from."""
        ...

    def open_link(self, text: str) -> None:
        """Shows what a link leads to."""
        ...

    def open_posts(self, pubkey: XOnlyPubkey) -> None:
        """Shows what somebody wrote."""
        ...

    def open_conversation(self, pubkey: XOnlyPubkey) -> None:
        """Shows the conversation with somebody."""
        ...

    def lock_up(self) -> None:
        """Locks the window."""
        ...

    def quit(self) -> None:
        """Ends the program."""
        ...


class WindowCommands:
    """What the palette offers, and what has a key everywhere."""

    def __init__(self, window: Commanded) -> None:
        self._window = window

    def all(self) -> tuple[Command, ...]:
        """Every command there is now."""
        return (*self.bound(), *self._settings())

    def bound(self) -> tuple[Command, ...]:
        """Those that may have a key: everything but the sections of the settings."""
        return (*self._pages(), *self._money(), *self._reading(), *self._look(), *self._program())

    def found(self, text: str) -> Iterator[Command]:
        """What the text itself leads to: a link that was pasted, people that are followed."""
        window = self._window
        if text.casefold().startswith(_LINK_MARKS[2:]) or any(m in text for m in _LINK_MARKS[:2]):
            yield Command(t("Open what is written here"), lambda: window.open_link(text))
        wanted = text.casefold().split()
        people = [
            person
            for person in window.models.feed.following
            if all(word in person.title.casefold() for word in wanted)
        ]
        for person in people[:_MOST_PEOPLE]:
            who = words.name(person.title)
            posts = partial(window.open_posts, person.pubkey)
            yield Command(t("Posts of {name}", name=who), posts)
            write = partial(window.open_conversation, person.pubkey)
            yield Command(t("Write to {name}", name=who), write)

    def _pages(self) -> Iterator[Command]:
        window = self._window
        for number, page in enumerate(LISTED, start=1):
            yield Command(
                page_title(page), partial(window.open_page, page), f"Ctrl+{number}", t("page")
            )
        yield Command(
            t("Settings"), lambda: window.open_page(PageName.SETTINGS), "Ctrl+,", t("page")
        )

    def _settings(self) -> Iterator[Command]:
        for entry in self._window.pages.settings.entries:
            name = t("Settings: {section}", section=entry.title)
            yield Command(name, partial(self._open_section, entry))

    def _money(self) -> Iterator[Command]:
        window = self._window
        pages = window.pages
        send = self._on(PageName.WALLET, lambda: pages.wallet.open_send())
        yield Command(t("Send money"), send, "Ctrl+Shift+S", t("pay invoice withdraw"))
        receive = self._on(PageName.WALLET, lambda: pages.wallet.open_receive())
        yield Command(t("Receive money"), receive, "Ctrl+Shift+R", t("make an invoice"))
        safety = self._on(PageName.WALLET, lambda: pages.wallet.open_safety())
        sats = window.open_first_sats
        yield Command(t("Get your first sats"), sats, "", t("buy money exchange"))
        yield Command(t("Limits and safety"), safety, "", t("budget undo currency fiat"))
        yield Command(t("Open a channel"), pages.open_channel)
        wallets = pages.open_wallets
        yield Command(t("Choose which wallet pays"), wallets, "", t("connect node nwc lnd switch"))
        undo = window.models.tips.undo_latest
        yield Command(t("Take back the latest tip"), undo, "Ctrl+Z", t("undo"))

    def _reading(self) -> Iterator[Command]:
        window = self._window
        pages = window.pages
        yield Command(t("Write a post"), window.editor.write, "Ctrl+N", t("note publish new"))
        beside = QRect(window.rail.width(), 80, 1, 1)
        yield Command(t("Follow somebody"), lambda: window.people.open_following(beside))
        yield Command(t("Your profile and relays"), lambda: window.people.open_own(beside))
        write = self._on(PageName.MESSAGES, lambda: window.pages.messages.open_new())
        yield Command(t("Write to somebody"), write, "", t("private message"))
        keep = self._on(PageName.PEOPLE, lambda: pages.people.add_person())
        yield Command(t("Add somebody to your people"), keep, "", t("contact address book"))
        hide = window.models.desk.alerts.hide
        yield Command(t("Hide the alert that is shown"), hide, HIDE_ALERT, t("overlay stream"))

    def _look(self) -> Iterator[Command]:
        model = self._window.models.appearance
        is_dark = theme().roles.is_dark
        yield Command(
            t("Light theme") if is_dark else t("Dark theme"),
            lambda: model.set_theme("light" if is_dark else "dark"),
        )
        veil = self._window.models.veil
        yield Command(t("Hide or show amounts"), veil.toggle, "Ctrl+H", t("blur privacy balance"))
        is_stark = theme().roles.is_stark
        yield Command(
            t("Normal contrast") if is_stark else t("High contrast"),
            lambda: model.set_contrast((Contrast.NORMAL if is_stark else Contrast.HIGH).value),
        )

    def _program(self) -> Iterator[Command]:
        window = self._window
        yield Command(t("Lock TipDesk"), window.lock_up, "Ctrl+L", t("passphrase"))
        yield Command(t("Open another profile"), window.front_wanted.emit, "", t("wallet account"))
        yield Command(t("Quit TipDesk"), window.quit, "Ctrl+Q", t("exit close"))

    def _on(self, page: PageName, act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            self._window.open_page(page)
            act()

        return run

    def _open_section(self, entry: Entry) -> None:
        window = self._window
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_entry(entry)
