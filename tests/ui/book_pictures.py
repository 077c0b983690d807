"""Scenes of the book of people; `gallery` renders them."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QRect

from tests.ui import content
from tests.ui.conftest import until
from tests.ui.stage import Stage
from tests.ui.stage_book import OFFER
from tests.ui.stage_messages import STRANGER
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.nostr.payment_ask import AskKind
from tipdesk.services.views import AskState
from tipdesk.tips.person import Reach
from tipdesk.ui.viewmodels.messages import Side
from tipdesk.ui.views.book import BookPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

_PAID = "You paid it."
_WAITS = "Nobody has paid it yet."
_THEY_WANT = "They want to send it to you, and wait for an invoice."
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
    await until(lambda: bool(window.models.book.bringing.problem))


async def remove(window: MainWindow, stage: Stage) -> None:
    """Before somebody leaves."""
    await book(window, stage)
    window.pages.people.ask_remove()


def put_asks(stage: Stage) -> None:
    """A request and a promise of Ana's, one of each of ours, and some that ended."""
    asks, ana = stage.asks, content.ANA
    promise = AskKind.PROMISE
    asks.put(ana, "them", Msat(900_000), "old strings", state=AskState.PAID, sentence=_PAID)
    asks.put(ana, "me", Msat(5_000_000), "half of the train", sentence=_WAITS)
    asks.put(ana, "them", Msat(3_000_000), "for the kettle", kind=promise, sentence=_THEY_WANT)
    asks.put(ana, "them", Msat(2_100_000), "The tickets for Friday: two of them, row nine.")


async def book_asked(window: MainWindow, stage: Stage) -> None:
    """What is asked between us waits on top of an entry."""
    put_asks(stage)
    await book(window, stage)


async def asked(window: MainWindow, stage: Stage) -> None:
    """Requests in a conversation."""
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}
    put_asks(stage)
    window.open_conversation(content.ANA.pubkey)


async def asked_bad(window: MainWindow, stage: Stage) -> None:
    """Requests that cannot be paid, lie, expired, or are on their way."""
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}
    asks, ana = stage.asks, content.ANA
    for state, sentence in (
        (AskState.EXPIRED, "It has expired. Ask them for a new one."),
        (AskState.PAYING, "Your payment is on its way. It is not paid a second time."),
        (AskState.UNUSABLE, "Their invoice is for mainnet. Ask them for another."),
    ):
        asks.put(ana, "them", Msat(2_100_000), "", state=state, sentence=sentence)
    lie = "Their words say 1 sat. What would be paid is 900,000 sat."
    asks.put(ana, "them", Msat(900_000_000), "<b>one</b> sat only, my friend", sentence=lie)
    window.open_conversation(content.ANA.pubkey)


async def asked_stranger(window: MainWindow, stage: Stage) -> None:
    """Somebody unknown asks."""
    stage.asks.put(STRANGER, "them", Msat(90_000_000), "Double it by Friday")
    window.open_page(PageName.MESSAGES)
    window.pages.messages.sides[Side.REQUESTS].click()
    window.pages.messages.open_conversation(STRANGER.pubkey)


async def ask(window: MainWindow, stage: Stage) -> None:
    """A request that is written, and cannot go."""
    await book(window, stage)
    stage.asks.problem = (
        "Ana Ruiz has no place for private messages, so nothing was sent. They can choose one in "
        "an app that knows private messages (NIP-17)."
    )
    window.pages.people.pane.ask_button.click()
    panel = window.pages.asking.panel
    if panel is not None:
        panel.amount.setText("2,100")
        panel.words.setText("The tickets for Friday")
        panel.button.click()
        await until(lambda: bool(panel.problem_text))


async def promise(window: MainWindow, stage: Stage) -> None:
    """Somebody who cannot be paid is told."""
    people = stage.people_book.put_several()
    open_book(window).open_person(people["fran"])
    window.pages.people.pane.promise_button.click()


async def refuse(window: MainWindow, stage: Stage) -> None:
    """Before a request is refused."""
    await asked(window, stage)
    view = stage.messages.book.messages(content.ANA.pubkey)[0]
    window.pages.asking.open_refusal(view, QRect(500, 300, 80, 32))


PLAYS: dict[str, Play] = {
    "book-asked": book_asked,
    "asked": asked,
    "asked-bad": asked_bad,
    "asked-stranger": asked_stranger,
    "ask": ask,
    "ask-promise": promise,
    "ask-refuse": refuse,
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
