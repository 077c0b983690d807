"""From what the person wants to the tips that are made of it, and whether they may be begun."""

from dataclasses import dataclass, replace

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.lnurl.serve import MAX_COMMENT_CHARS
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.services.allowance import Allowance
from tipdesk.services.feeds import FeedService
from tipdesk.services.profiles import Profiles
from tipdesk.services.tip_book import TipBook
from tipdesk.services.views import PostView
from tipdesk.tips.split import divide
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Tip, fee_limit
from tipdesk.tips.visibility import Visibility
from tipdesk.tips.way import Address, Node

MAX_TIP = Msat(10_000_000_000)
"""A tenth of a bitcoin: more is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class TipIntent:
    """What the person wants: to give somebody that much, for a post of theirs or just so.

    `picture` is the address of one picture of the post. `app` is the connected app that asks.
    """

    recipient: XOnlyPubkey
    target_event: EventId | None
    amount: Msat
    comment: str = ""
    picture: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    app: str = ""


@dataclass(frozen=True, slots=True)
class DirectIntent:
    """To give that much to whomever an address or a node belongs to."""

    way: Address | Node
    amount: Msat
    comment: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """One tip to be made."""

    target: Target
    amount: Msat


class CannotBeTipped(RequestError):
    """The recipient's profile names no lightning address that can be used."""

    def __init__(self, title: str) -> None:
        super().__init__(
            Phrase("{name} has no lightning address, so nothing can be sent to them.", name=title)
        )
        self.title = title


class TipAmountRefused(RequestError):
    """Nothing, or more than anybody tips."""

    def __init__(self, amount: Msat) -> None:
        super().__init__(Phrase("A tip is more than nothing and at most {most}.", most=MAX_TIP))
        self.amount = amount


class CommentTooLong(RequestError):
    """The comment would not fit into the request to the recipient's server."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Phrase(
                "A comment has at most {most} characters; this one has {length}.",
                most=MAX_COMMENT_CHARS,
                length=length,
            )
        )
        self.length = length


class AlreadyTipping(RequestError):
    """The same tip was begun a moment ago and can still be taken back."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "You are sending this very tip already, so it was not begun again. "
                "Once it is on its way you can send another one."
            )
        )


class TipPlanner:
    """Looks up targets and shares, and says no where it must; it begins nothing."""

    def __init__(
        self, *, book: TipBook, feed: FeedService, profiles: Profiles, allowance: Allowance
    ) -> None:
        self._book = book
        self._feed = feed
        self._profiles = profiles
        self._allowance = allowance

    def legs(self, intent: TipIntent | DirectIntent) -> tuple[Leg, ...]:
        """The tips that an intent is made of; `RequestError` with a sentence if it cannot be."""
        if not Msat(0) < intent.amount <= MAX_TIP:
            raise TipAmountRefused(intent.amount)
        if len(intent.comment) > MAX_COMMENT_CHARS:
            raise CommentTooLong(len(intent.comment))
        if isinstance(intent, DirectIntent):
            return (Leg(_direct(intent.way), intent.amount),)
        view = None if intent.target_event is None else self._feed.post(intent.target_event)
        if view is None or not view.post.shares:
            return (Leg(self._target(intent), intent.amount),)
        return self._shared(intent, view)

    def again(self, tip: Tip) -> Target:
        """Where a tip goes that is sent again: where its recipient is now, or was before."""
        recipient = tip.target.recipient
        if recipient is None:
            return tip.target
        return replace(tip.target, address=self._profiles.address(recipient) or tip.target.address)

    def _target(self, intent: TipIntent) -> Target:
        address = self._profiles.address(intent.recipient)
        if not address:
            raise CannotBeTipped(self._profiles.view(intent.recipient).title)
        return Target(self._zap(intent.recipient, intent), address)

    def check_allowed(self, legs: tuple[Leg, ...], *, app: str) -> None:
        """Raises `OverBudget` if the legs with their fee limits do not fit into every budget."""
        whole = sum((leg.amount + fee_limit(leg.amount) for leg in legs), Msat(0))
        for leg in legs:
            most = leg.amount + fee_limit(leg.amount)
            for use in self._allowance.uses(leg.target.recipient, app):
                use.check(most if use.scope.is_personal else whole)

    def check_meant(
        self, intent: TipIntent | DirectIntent, legs: tuple[Leg, ...], typed_again: Msat | None
    ) -> None:
        """Raises if a person cannot have meant it so: a double click, an odd amount."""
        words = many_lines(intent.comment, maximum=MAX_COMMENT_CHARS)
        for tip in self._book.undoable():
            if tip.comment == words and any(
                leg.amount == tip.amount and leg.target.is_same_as(tip.target) for leg in legs
            ):
                raise AlreadyTipping
        self._allowance.habits().check(intent.amount, typed_again)

    def _zap(self, recipient: XOnlyPubkey, intent: TipIntent) -> ZapTarget:
        view = None if intent.target_event is None else self._feed.post(intent.target_event)
        return ZapTarget(
            recipient=recipient,
            event_id=intent.target_event,
            kind=None if view is None else view.post.kind,
            address=None if view is None else view.post.address,
            url=intent.picture,
        )

    def _shared(self, intent: TipIntent, view: PostView) -> tuple[Leg, ...]:
        """Appendix G: somebody without an address has a leg too, and it says that it failed."""
        shares = view.post.shares
        amounts = divide(intent.amount, [share.weight for share in shares])
        return tuple(
            Leg(
                Target(
                    self._zap(share.recipient, intent),
                    self._profiles.address(share.recipient) or "",
                ),
                amount,
            )
            for share, amount in zip(shares, amounts, strict=True)
            if amount
        )


def _direct(way: Address | Node) -> Target:
    if isinstance(way, Node):
        return Target(None, "", way.node_id)
    return Target(None, way.text)
