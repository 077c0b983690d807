"""The messages of the conversation that is open: oldest first, read page by page from the end."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.ports.messages import Delivery
from tipdesk.services.views import MessageView
from tipdesk.tips.sender_claim import words_of_claim
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.viewmodels.ask_words import ask_said, ask_title, ask_words
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Index, ListModel

READ_AT_ONCE = 50
MAX_SHOWN_CHARS = 16_000
_RUN_MS = 5 * 60_000
"""Messages of one person that follow so soon stand close together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message as it stands among the others."""

    view: MessageView
    day: str
    """The day, over the first message of it; empty over all others."""
    follows: bool
    """Whether the one above is of the same person, a moment before."""
    tip: str
    """The tip that it came with, in words; empty without one."""
    state: str
    """How far one of ours has come, in a few words."""
    problem: str
    """Why it has not arrived; empty if nothing is wrong."""
    is_whole: bool
    """Whether a long one is shown with all its lines."""
    asked: str = ""
    """How it stands with the money that it asks for; empty without any."""

    @property
    def text(self) -> str:
        """Its words, safe to show; of money asked for, what for: the link is behind the button."""
        if self.view.ask is not None:
            return ask_words(self.view.ask)
        return words.many(words_of_claim(self.view.text), MAX_SHOWN_CHARS)

    @property
    def title(self) -> str:
        """Who asks for what; empty where nothing is asked for."""
        ask = self.view.ask
        return "" if ask is None else ask_title(ask, words.name(self.view.peer.title))


class BubbleRows(ListModel):
    """The latest messages with one person, and older ones when they are wanted."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._peer: XOnlyPubkey | None = None
        self._views: list[MessageView] = []
        self._bubbles: list[Bubble] = []
        self._whole: set[EventId] = set()
        self.has_older = False

    def rowCount(self, parent: Index | None = None) -> int:
        """How many were read."""
        return len(self._bubbles)

    def view(self, row: int) -> Bubble:
        """The message of a row."""
        return self._bubbles[row]

    def words(self, row: int) -> str:
        """A message as a sentence."""
        return spoken(self._bubbles[row])

    def open(self, peer: XOnlyPubkey | None) -> None:
        """Reads the latest with somebody; None for nobody."""
        self._peer = peer
        self._whole.clear()
        self._replace(self._newest())

    def read_older(self) -> None:
        """Reads the page above what was read."""
        if self._peer is None or not self.has_older:
            return
        known = {view.message_id for view in self._views}
        page = self._app.messages.book.messages(self._peer, READ_AT_ONCE, len(self._views))
        self.has_older = len(page) == READ_AT_ONCE
        older = [view for view in reversed(page) if view.message_id not in known]
        if not older:
            return
        self.beginInsertRows(QModelIndex(), 0, len(older) - 1)
        self._views = older + self._views
        head = [self._bubble(place) for place in range(len(older) + 1)]
        self._bubbles = head + self._bubbles[1:]
        self.endInsertRows()
        self.tell_row(len(older))

    def read_anew(self) -> None:
        """Reads the latest once more: some are new, or others than before."""
        if self._peer is None:
            return
        head = self._newest()
        first = head[0].message_id if head else None
        place = next((n for n, one in enumerate(self._views) if one.message_id == first), None)
        if place is None or not _goes_on(self._views[place:], head):
            self._replace(head)
            return
        before = len(self._views)
        kept = self._views[:place] + head[: before - place]
        changed = [n for n, old in enumerate(self._views) if kept[n] != old]
        self._views = kept
        self._tell(changed)
        self._append(head[before - place :])

    def show_whole(self, message_id: EventId) -> None:
        """All lines of a long message, from now on."""
        self._whole.add(message_id)
        self._tell([n for n, one in enumerate(self._views) if one.message_id == message_id])

    def _newest(self) -> list[MessageView]:
        if self._peer is None:
            return []
        page = self._app.messages.book.messages(self._peer, READ_AT_ONCE)
        return list(reversed(page))

    def _replace(self, views: list[MessageView]) -> None:
        self.beginResetModel()
        self._views = views
        self._bubbles = [self._bubble(place) for place in range(len(views))]
        self.has_older = len(views) == READ_AT_ONCE
        self.endResetModel()

    def _append(self, views: list[MessageView]) -> None:
        if not views:
            return
        before = len(self._views)
        self.beginInsertRows(QModelIndex(), before, before + len(views) - 1)
        self._views = self._views + views
        self._bubbles += [self._bubble(place) for place in range(before, len(self._views))]
        self.endInsertRows()

    def _tell(self, places: list[int]) -> None:
        for place in places:
            self._bubbles[place] = self._bubble(place)
            self.tell_row(place)

    def _bubble(self, place: int) -> Bubble:
        view = self._views[place]
        above = self._views[place - 1] if place else None
        day = words.start_of_day(view.at)
        is_new_day = above is None or words.start_of_day(above.at) != day
        follows = (
            above is not None
            and not is_new_day
            and above.is_ours == view.is_ours
            and view.at.since(above.at) < _RUN_MS
        )
        return Bubble(
            view=view,
            day=day_line(view.at, self._app.clock.now()) if is_new_day else "",
            follows=follows,
            tip=self._tip(view),
            state=state_words(view),
            problem=say(view.sentence) if _is_stuck(view) else "",
            is_whole=view.message_id in self._whole,
            asked="" if view.ask is None else ask_said(view.ask, self._app.clock.now()),
        )

    def _tip(self, view: MessageView) -> str:
        """What came is known to our wallet; anything else is the writer's word."""
        if view.payment_hash is None:
            return ""
        came = None if view.is_ours else self._app.creator.tip(view.payment_hash)
        if came is not None:
            return t("With a tip of {amount}", amount=came.amount)
        if view.claimed is None:
            return t("With a tip")
        if view.is_ours:
            return t("With a tip of {amount}", amount=view.claimed)
        return t("With a tip of {amount}, by their word", amount=view.claimed)


def state_words(view: MessageView) -> str:
    """How far a message of ours has come; empty for theirs."""
    match view.delivery:
        case None:
            return ""
        case Delivery.WAITING:
            return t("on its way")
        case Delivery.FAILED:
            return t("not delivered")
        case Delivery.SENT if not view.relays:
            return t("sent with another app")
        case Delivery.SENT:
            taken = sum(word.accepted for word in view.relays)
            return t(
                "kept by {taken} of {relays}",
                taken=taken,
                relays=tn(len(view.relays), "{count} relay", "{count} relays"),
            )


def day_line(at: Instant, now: Instant) -> str:
    """Today, Yesterday, or the date."""
    day, today = words.start_of_day(at), words.start_of_day(now)
    if day == today:
        return t("Today")
    # Midnights may be 23 or 25 hours apart.
    if day == words.start_of_day(today.plus_ms(-1)):
        return t("Yesterday")
    return words.date(at)


def spoken(bubble: Bubble) -> str:
    """A message as sentences for screen readers."""
    view = bubble.view
    who = t("You") if view.is_ours else words.name(view.peer.title)
    when = f"{bubble.day or words.date(view.at)} {words.clock_time(view.at)}"
    said = bubble.problem or bubble.state
    asked = "" if view.ask is None else f"{bubble.title}. {say(view.ask.state.value)}"
    parts = (f"{who}, {when}", bubble.tip, asked, bubble.text, bubble.asked, said)
    return ". ".join(part for part in parts if part)


def _is_stuck(view: MessageView) -> bool:
    plain = view.sentence in ("", "On its way.")
    return view.delivery is not None and view.delivery is not Delivery.SENT and not plain


def _goes_on(held: list[MessageView], head: list[MessageView]) -> bool:
    """Whether the same messages stand in the same order, perhaps with new ones after them."""
    pairs = zip(held, head, strict=False)
    return len(held) <= len(head) and all(a.message_id == b.message_id for a, b in pairs)
