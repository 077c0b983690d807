"""What a row of a list is outside of the window: the words and the link that one would want."""

from collections.abc import Iterable
from dataclasses import dataclass

from tipdesk.base.ids import NodeId, PaymentHash, ShortChannelId
from tipdesk.base.units import Msat
from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip19 import EventPointer, encode_nevent
from tipdesk.services.timeline import LineView
from tipdesk.services.views import IncomingTip, PaymentView, ProfileView, TipView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.timeline import LineKind, LineState
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.viewmodels.history_rows import kind_words, on_chain, title


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """`text` for any program; `link` (NIP-21) for those that open one."""

    text: str
    link: str = ""
    has_amounts: bool = False
    """It stays in the window while amounts are hidden."""


def tip_copied(tip: TipView) -> Copied:
    """A tip of ours; while it is not paid, how far it is."""
    to = t("{amount} to {name}", amount=tip.amount, name=words.name(tip.recipient.title))
    state = "" if tip.state.is_paid else say(tip.state.value)
    when = words.stamp(tip.settled_at or tip.created_at)
    return _of_money(when, to, state, _fee(tip.fee), _hash(tip.payment_hash))


def income_copied(tip: IncomingTip) -> Copied:
    """A tip that came in. Who told only the creator who they are stays nameless in it."""
    if tip.sender is not None:
        said = t("{amount} from {name}", amount=tip.amount, name=words.name(tip.sender.title))
    elif claimed := words.name(tip.claimed_name):
        said = t("{amount} from {name}, by their own word", amount=tip.amount, name=claimed)
    else:
        said = t("{amount} from {name}", amount=tip.amount, name=t("somebody"))
    return _of_money(words.stamp(tip.at), said, _hash(tip.payment_hash))


def payment_copied(payment: PaymentView) -> Copied:
    """A payment by invoice; while it did not succeed, how far it is."""
    amount = t("any amount") if payment.amount is None else words.amount(payment.amount)
    if payment.status is not PaymentState.SUCCEEDED:
        done = say(payment.status.value)
    else:
        done = t("Received") if payment.direction is Direction.IN else t("Sent")
    text = words.line(payment.description)
    parts = words.stamp(payment.at), amount, done, text
    return _of_money(*parts, _fee(payment.fee), _hash(payment.payment_hash))


def line_copied(view: LineView) -> Copied:
    """A line of the history."""
    line = view.line
    state = "" if line.state is LineState.SETTLED else say(line.state.value)
    when, fee = words.stamp(line.place.at), _fee(line.fee)
    return _of_money(when, *_what(view), state, fee, _hash(line.payment_hash))


def channel_copied(peer: NodeId, short_channel_id: ShortChannelId | None) -> Copied:
    """The names that other nodes know a channel by; the first is there once it is confirmed."""
    short = "" if short_channel_id is None else str(short_channel_id)
    return Copied(text=" ".join(filter(None, (short, peer.hex()))))


def person_copied(person: ProfileView) -> Copied:
    """Somebody's public key."""
    return Copied(text=person.npub, link=f"nostr:{person.npub}")


def post_copied(post: Post) -> Copied:
    """A link to a post, for any Nostr program."""
    pointer = EventPointer(post.id, author=post.author, kind=post.kind)
    link = f"nostr:{encode_nevent(pointer)}"
    return Copied(text=link, link=link)


def _what(view: LineView) -> Iterable[str]:
    """The amount with whom or what it was about."""
    line = view.line
    if line.amount is None:
        return (title(view),)
    who = t("somebody") if view.person is None else words.name(view.person.title)
    match line.kind:
        case LineKind.TIP_SENT:
            return (t("{amount} to {name}", amount=line.amount, name=who),)
        case LineKind.TIP_RECEIVED:
            return (t("{amount} from {name}", amount=line.amount, name=who),)
        case LineKind.ONCHAIN_SENT:
            address, txid = on_chain(line)
            to = t("{amount} to {name}", amount=line.amount, name=address)
            return to, _transaction(txid)
        case LineKind.ONCHAIN_RECEIVED:
            address, txid = on_chain(line)
            at = t("At {address}", address=address)
            return words.amount(line.amount), kind_words(line.kind), at, _transaction(txid)
        case LineKind.PAYMENT_SENT | LineKind.PAYMENT_RECEIVED:
            return words.amount(line.amount), kind_words(line.kind), words.line(view.text)
        case LineKind.CHANNEL_OPENED | LineKind.CHANNEL_CLOSED:
            return words.amount(line.amount), title(view)


def _transaction(txid: str) -> str:
    return t("transaction {txid}", txid=txid) if txid else ""


def _of_money(*parts: str) -> Copied:
    return Copied(text=" \u00b7 ".join(filter(None, parts)), has_amounts=True)


def _fee(fee: Msat | None) -> str:
    return "" if fee is None else t("fee {amount}", amount=fee)


def _hash(payment_hash: PaymentHash | None) -> str:
    return "" if payment_hash is None else t("payment hash {hash}", hash=payment_hash.hex())
