"""Scenes of private sends; `gallery` renders them."""

from tests.ui import content
from tests.ui.book_pictures import Play, open_book
from tests.ui.conftest import until
from tests.ui.stage import Stage
from tipdesk.node.onion_messages import NoAnswer
from tipdesk.tips.leaks import SendWay
from tipdesk.tips.timeline import LineKind
from tipdesk.ui.viewmodels.private_send import Step
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.private_send import PrivateSendPane
from tipdesk.ui.views.rail import PageName


def begin(window: MainWindow, stage: Stage, who: str = "sister") -> PrivateSendPane:
    """Sending to somebody, with a message."""
    people = stage.people_book.put_several()
    page = open_book(window)
    page.send_to(people[who])
    page.sending.message.setText("For the kettle. Now we are even.")
    return page.sending


async def _reached(window: MainWindow, step: Step) -> None:
    await until(lambda: window.models.book.sending.step is step)


async def writing(window: MainWindow, stage: Stage) -> None:
    """Amount and message are there; nobody was asked."""
    begin(window, stage)


async def ready(window: MainWindow, stage: Stage) -> None:
    """They answered."""
    begin(window, stage).button.click()
    await _reached(window, Step.READY)


async def weaker(window: MainWindow, stage: Stage) -> None:
    """A way by which others learn more."""
    pane = begin(window, stage)
    pane.message.clear()
    window.models.book.sending.choose(SendWay.ADDRESS)
    pane.button.click()
    await _reached(window, Step.QUESTION)


async def clear(window: MainWindow, stage: Stage) -> None:
    """An address carries no private message."""
    begin(window, stage)
    window.models.book.sending.choose(SendWay.ADDRESS)


async def away(window: MainWindow, stage: Stage) -> None:
    """Nobody answered."""
    pane = begin(window, stage)
    stage.private_sends.fails = NoAnswer(seconds=8)
    pane.button.click()
    await until(lambda: bool(window.models.book.sending.problem))


async def offer(window: MainWindow, stage: Stage) -> None:
    """An offer of ours, to be shown."""
    window.pages.open_receive()
    panel = window.pages.wallet.receive_panel
    assert panel is not None
    panel.offer_button.click()
    await until(lambda: window.models.wallet.offer is not None)


async def proven(window: MainWindow, stage: Stage) -> None:
    """What came in, and who proved that they sent it."""
    page = window.pages.history
    window.open_page(PageName.HISTORY)
    rows = page.list.model
    views = (rows.view(at) for at in range(rows.rowCount()))
    view = next(one for one in views if one.line.kind is LineKind.PAYMENT_RECEIVED)
    assert view.line.payment_hash is not None
    stage.senders.proven[view.line.payment_hash] = content.ANA
    page._open_line(view, page.list.rect().translated(260, 120))


PLAYS: dict[str, Play] = {
    "private-writing": writing,
    "private-ready": ready,
    "private-weaker": weaker,
    "private-clear": clear,
    "private-away": away,
    "private-offer": offer,
    "private-proven": proven,
}
