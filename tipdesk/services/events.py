"""What may have changed: events say which thing, the services' getters say how it is now."""

from dataclasses import dataclass

from tipdesk.base.ids import EventId, PaymentHash, TipId, XOnlyPubkey
from tipdesk.tips.person import PersonId


@dataclass(frozen=True, slots=True)
class AppEvent:
    """The root of all events."""


@dataclass(frozen=True, slots=True)
class FeedChanged(AppEvent):
    """Posts came (`added`, newest first), or changed or went away (`changed`)."""

    added: tuple[EventId, ...]
    changed: frozenset[EventId]


@dataclass(frozen=True, slots=True)
class SelectionChanged(AppEvent):
    """The feed shows another selection, or the asking for it moved on."""


@dataclass(frozen=True, slots=True)
class ThreadChanged(AppEvent):
    """More of the thread that is open is known."""


@dataclass(frozen=True, slots=True)
class PostingChanged(AppEvent):
    """A post of ours was published, or a relay said something about it."""

    event_id: EventId


@dataclass(frozen=True, slots=True)
class DraftsChanged(AppEvent):
    """A draft came or went."""


@dataclass(frozen=True, slots=True)
class MutesChanged(AppEvent):
    """Something was muted or unmuted, or the public list says so now."""


@dataclass(frozen=True, slots=True)
class FollowSetsChanged(AppEvent):
    """Our own lists of people were read, or are others."""


@dataclass(frozen=True, slots=True)
class ProfileChanged(AppEvent):
    """Somebody's profile is another one."""

    pubkey: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class ProfileSought(AppEvent):
    """The search for somebody's profile has ended; if one was found, `ProfileChanged` told."""

    pubkey: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class FollowsPublished(AppEvent):
    """Follows and unfollows that waited stand in the public list now."""


@dataclass(frozen=True, slots=True)
class TipChanged(AppEvent):
    """A tip of ours was made or moved on."""

    tip_id: TipId


@dataclass(frozen=True, slots=True)
class TipAmountsChanged(AppEvent):
    """The amounts that one press tips are others: for somebody, or the usual ones."""

    person: XOnlyPubkey | None


@dataclass(frozen=True, slots=True)
class IncomingTipSeen(AppEvent):
    """A tip came in, or its receipt was published."""

    payment_hash: PaymentHash


@dataclass(frozen=True, slots=True)
class ReceivingChanged(AppEvent):
    """Our own address is another one, or what was found out of the one we have."""


@dataclass(frozen=True, slots=True)
class MessageChanged(AppEvent):
    """A message with somebody came, moved on or was read, or they are a stranger no more."""

    peer: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class MessagePlaceFound(AppEvent):
    """It is known now whether and where somebody takes private messages."""

    pubkey: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class PersonChanged(AppEvent):
    """Somebody came into the book of people, left it, or their entry is another one."""

    person_id: PersonId


@dataclass(frozen=True, slots=True)
class AlertsChanged(AppEvent):
    """An alert moved on, its settings changed, or a page was opened or closed."""


@dataclass(frozen=True, slots=True)
class TriggersChanged(AppEvent):
    """A trigger was set, set off, or ended."""


@dataclass(frozen=True, slots=True)
class BalanceChanged(AppEvent):
    """The wallet's summary is another one."""


@dataclass(frozen=True, slots=True)
class WalletsChanged(AppEvent):
    """A wallet was connected, chosen or removed, or was reached or lost."""


@dataclass(frozen=True, slots=True)
class ChannelsChanged(AppEvent):
    """A channel opened, closed, went on or off line, or holds another balance."""


@dataclass(frozen=True, slots=True)
class PaymentChanged(AppEvent):
    """A line of the wallet's history is new or another one."""

    payment_hash: PaymentHash


@dataclass(frozen=True, slots=True)
class ConnectionsChanged(AppEvent):
    """An app was connected or revoked, or what it may do is another thing."""


@dataclass(frozen=True, slots=True)
class ConnectionUsed(AppEvent):
    """A connected app ordered something, or an order or invoice of one came to its end."""


@dataclass(frozen=True, slots=True)
class RateChanged(AppEvent):
    """The exchange rate is another one, or there is none any more."""


@dataclass(frozen=True, slots=True)
class TimelineChanged(AppEvent):
    """A note or a channel's line in the history; tips and payments have events of their own."""


@dataclass(frozen=True, slots=True)
class GoalChanged(AppEvent):
    """A zap goal became known or was taken back, or a tip for it was seen."""

    goal: EventId


@dataclass(frozen=True, slots=True)
class RelaysChanged(AppEvent):
    """A relay was reached or lost."""


@dataclass(frozen=True, slots=True)
class ProxyChanged(AppEvent):
    """Connections leave another way, or the proxy was found dead or alive."""


@dataclass(frozen=True, slots=True)
class Notice(AppEvent):
    """A sentence for the person, to be shown where they are; `serious` ones stay."""

    text: str
    serious: bool


@dataclass(frozen=True, slots=True)
class OffersChanged(AppEvent):
    """An offer of ours was made or closed."""
