"""Scenes of the book of people; `gallery` renders them."""

from collections.abc import Awaitable, Callable

from tests.ui import content
from tests.ui.stage import Stage
from tests.ui.stage_book import OFFER
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.tips.person import Reach
from tipdesk.ui.views.book import BookPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

Play = Callable[[MainWindow, Stage], Awaitable[None]]


def open_book(window: MainWindow) -> BookPage:
    """The page, shown."""
    window.open_page(PageName.PEOPLE)
    return window.pages.people


async def book(window: MainWindow, stage: Stage) -> None:
    """Somebody with every way, and what was paid."""
    people = stage.people_book.put_several()
    open_book(window).open_person(people["sister"])


async def bare(window: MainWindow, stage: Stage) -> None:
    """Somebody without any way to reach them."""
    people = stage.people_book.put_several()
    open_book(window).open_person(people["flat"])


async def chosen(window: MainWindow, stage: Stage) -> None:
    """People, and nobody open."""
    stage.people_book.put_several()
    open_book(window)


async def broken(window: MainWindow, stage: Stage) -> None:
    """The history cannot be read."""
    people = stage.people_book.put_several()
    stage.timeline.fails = True
    open_book(window).open_person(people["bela"])


async def form(window: MainWindow, stage: Stage) -> None:
    """Somebody new: an offer was pasted, an npub is wrong, a domain can be asked."""
    stage.people_book.put_several()
    page = open_book(window)
    page.add_person()
    page.form.anything.setText(OFFER)
    page.form.fields[Reach.NIP05].edit.setFocus()
    model = window.models.book.form
    model.write_rest(name="Greta", notes="", usual=None)
    model.write(Reach.NIP05, "greta@example.com")
    model.write(Reach.ADDRESS, "greta at example")
    model.check(Reach.ADDRESS)
    model.begun.emit()


async def change(window: MainWindow, stage: Stage) -> None:
    """An entry is changed, to an npub that somebody else has."""
    people = stage.people_book.put_several()
    page = open_book(window)
    page.open_person(people["fran"])
    page.edit_person()
    model = window.models.book.form
    model.write(Reach.NPUB, encode_npub(content.ANA.pubkey))
    model.begun.emit()
    model.save()


async def bring(window: MainWindow, stage: Stage) -> None:
    """Whom one follows, two of them chosen."""
    page = open_book(window)
    page.bring_over()
    for one in (content.BELA, content.CHIDI):
        window.models.book.bringing.choose(one.pubkey, wanted=True)


async def bring_nobody(window: MainWindow, stage: Stage) -> None:
    """One follows nobody, and no relay answers."""
    stage.follows.now.clear()
    stage.follows.is_away = True
    page = open_book(window)
    page.bring_over()
    window.models.book.bringing.ask_relays()


async def remove(window: MainWindow, stage: Stage) -> None:
    """Before somebody leaves."""
    await book(window, stage)
    window.pages.people.ask_remove()


PLAYS: dict[str, Play] = {
    "book": book,
    "book-bare": bare,
    "book-chosen": chosen,
    "book-broken": broken,
    "book-form": form,
    "book-change": change,
    "book-bring": bring,
    "book-bring-nobody": bring_nobody,
    "book-remove": remove,
}
