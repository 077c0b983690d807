"""Decides what becomes of each incoming HTLC, and carries outcomes back to where it came from."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from tipdesk.base.ids import ChannelId, NodeId, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.errors import AddRefusal
from tipdesk.lightning.channel.htlc import (
    Direction,
    FailedMalformed,
    FailedWith,
    Fulfilled,
    Htlc,
    HtlcKey,
)
from tipdesk.lightning.payment.blinded import (
    BlindedForward,
    InvalidBlinding,
    read_final,
    read_forward,
)
from tipdesk.lightning.payment.forward import Terms, why_not_forward
from tipdesk.lightning.sphinx.packet import Peeled, UnreadablePayload
from tipdesk.lightning.sphinx.payload import (
    BlindedPayload,
    FinalPayload,
    ForwardPayload,
    InvalidOnionPayload,
    decode_blinded,
    decode_final,
    decode_forward,
)
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.onions import Onions, WayBack, way_back_of
from tipdesk.node.returning import Returner
from tipdesk.ports.stores import Forward, HtlcPlace, NodeStore

_log = logging.getLogger(__name__)


class Endpoint(Protocol):
    """Where payments begin and end: our own payments and invoices."""

    def receive(
        self, channel: ChannelDriver, htlc: Htlc, payload: FinalPayload, shared_secret: bytes
    ) -> None:
        """An HTLC is for us."""
        ...

    def fulfilled(self, place: HtlcPlace, htlc: Htlc, preimage: Preimage) -> None:
        """An HTLC of our own payment was settled."""
        ...

    def failed(self, place: HtlcPlace, htlc: Htlc, outcome: FailedWith | FailedMalformed) -> None:
        """An HTLC of our own payment failed for good."""
        ...

    def never_sent(self, place: HtlcPlace) -> None:
        """An HTLC of our own payment never left."""
        ...


class Router:
    """Forwards HTLCs where that is asked for; never anything that our terms do not cover."""

    def __init__(
        self,
        *,
        onions: Onions,
        store: NodeStore,
        endpoint: Endpoint,
        returner: Returner,
        forwards: bool,
        terms: Terms,
        max_dust_exposure: Msat,
        channel_of: Callable[[ChannelId], ChannelDriver | None],
        channel_by_scid: Callable[[ShortChannelId], ChannelDriver | None],
        channels_with: Callable[[NodeId], list[ChannelDriver]],
        knows_blinding: Callable[[NodeId], bool],
        hesitation: Callable[[], float],
        height: Callable[[], BlockHeight],
    ) -> None:
        self._onions = onions
        self._store = store
        self._endpoint = endpoint
        self._returner = returner
        self._forwards = forwards
        self._terms = terms
        self._max_dust_exposure = max_dust_exposure
        self._channel_of = channel_of
        self._channel_by_scid = channel_by_scid
        self._channels_with = channels_with
        self._knows_blinding = knows_blinding
        self._hesitation = hesitation
        self._height = height
        self._under_way: dict[HtlcPlace, Forward] = {}
        self._ways_back: dict[HtlcPlace, WayBack] = {}
        """Of the HTLCs under way that this process carried on, by their outgoing place."""

    def restore(self) -> None:
        """Takes up what was forwarded before a restart.

        A forward whose outgoing HTLC is not there never left (what finished was settled upstream
        in the same commit): it is forgotten, and its incoming HTLC decided anew.
        """
        for forward in self._store.forwards():
            out = self._channel_of(forward.outgoing.channel_id)
            if out is not None and _has_htlc(out, forward.outgoing.htlc_id):
                self._under_way[forward.outgoing] = forward
            else:
                self._store.delete_forward(forward.outgoing)

        for forward in self._under_way.values():
            found = self._incoming(forward.incoming)
            if found is not None:
                self._onions.remember(found[1])

    def is_forwarded(self, place: HtlcPlace) -> bool:
        """Whether an incoming HTLC has been carried on already."""
        return any(forward.incoming == place for forward in self._under_way.values())

    def received(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An incoming HTLC is irrevocably committed: peel its onion and act on it."""
        if not channel.can_settle:
            # Its channel ended since: nothing could be claimed of what it would cost us.
            _log.warning("an HTLC is left to the chain: %r", channel)
            return
        match self._onions.open(htlc):
            case FailedMalformed() as malformed:
                channel.remove(htlc.id, malformed)
            case UnreadablePayload(shared_secret):
                failure = Failure(code=FailureCode.INVALID_ONION_PAYLOAD, type=0, offset=0)
                self._returner.fail(channel, htlc, shared_secret, failure)
            case Peeled() as peeled:
                self._act_on(channel, htlc, peeled)

    def _act_on(self, channel: ChannelDriver, htlc: Htlc, peeled: Peeled) -> None:
        secret, way_back = peeled.shared_secret, way_back_of(peeled)
        if not self._onions.is_fresh(secret, htlc):
            failure = Failure(code=FailureCode.TEMPORARY_NODE_FAILURE)
            self._refuse(channel, htlc, way_back, failure)
            return
        if channel.is_overexposed(self._max_dust_exposure):
            self._refuse(channel, htlc, way_back, _temporary())
            return
        try:
            blinded = decode_blinded(peeled.payload)
            if blinded is not None:
                self._act_blinded(channel, htlc, peeled, blinded)
            elif htlc.path_key is not None:
                self._refuse(channel, htlc, way_back, _temporary())
            elif peeled.next_packet is None:
                self._endpoint.receive(channel, htlc, decode_final(peeled.payload), secret)
            else:
                payload = decode_forward(peeled.payload)
                self._forward(channel, htlc, way_back, payload, peeled.next_packet)
        except InvalidOnionPayload as error:
            failure = Failure(
                code=FailureCode.INVALID_ONION_PAYLOAD, type=error.record_type, offset=error.offset
            )
            self._refuse(channel, htlc, way_back, failure)

    def _act_blinded(
        self, channel: ChannelDriver, htlc: Htlc, peeled: Peeled, payload: BlindedPayload
    ) -> None:
        """BOLT 4, "Route Blinding": the instructions are the payee's, not the payer's."""
        key, way_back = self._onions.node_key, way_back_of(peeled)
        try:
            if peeled.next_packet is None:
                final = read_final(key, htlc, payload)
                self._endpoint.receive(channel, htlc, final, peeled.shared_secret)
            else:
                onward = read_forward(key, htlc, payload)
                self._forward(channel, htlc, way_back, onward, peeled.next_packet)
        except InvalidBlinding as error:
            _log.info("%s", error)
            self._refuse(channel, htlc, way_back, _blinding_failed(htlc))

    def new_height(self, height: BlockHeight) -> None:
        """Forgets onions whose HTLCs have expired."""
        self._onions.new_height(height)

    def _forward(
        self,
        channel: ChannelDriver,
        htlc: Htlc,
        way_back: WayBack,
        onward: ForwardPayload | BlindedForward,
        next_packet: bytes,
    ) -> None:
        out = self._next_channel(onward)
        failure: Failure | None
        if out is None or not self._forwards:
            failure = Failure(code=FailureCode.UNKNOWN_NEXT_PEER)
        else:
            failure = why_not_forward(htlc, onward, self._terms, self._height())
        if failure is not None or out is None:
            self._refuse(channel, htlc, way_back, failure or _temporary())
            return
        added = out.add(
            command.AddHtlc(
                amount=onward.amt_to_forward,
                payment_hash=htlc.payment_hash,
                cltv_expiry=onward.outgoing_cltv_value,
                onion=next_packet,
                path_key=onward.next_path_key if isinstance(onward, BlindedForward) else None,
            )
        )
        if isinstance(added, AddRefusal):
            _log.info("not forwarded: %s", added.value)
            self._refuse(channel, htlc, way_back, _temporary())
            return
        forward = Forward(
            incoming=HtlcPlace(channel.channel_id, htlc.id),
            outgoing=HtlcPlace(out.channel_id, added.id),
        )
        self._under_way[forward.outgoing] = forward
        self._ways_back[forward.outgoing] = way_back
        self._store.save_forward(forward)

    def _next_channel(self, onward: ForwardPayload | BlindedForward) -> ChannelDriver | None:
        if isinstance(onward, ForwardPayload):
            return self._named(onward.short_channel_id)
        if isinstance(onward.to, ShortChannelId):
            out = self._named(onward.to)
        else:
            usable = [channel for channel in self._channels_with(onward.to) if channel.is_usable]
            out = max(usable, key=lambda channel: channel.spendable, default=None)
        return out if out is not None and self._knows_blinding(out.peer) else None

    def _named(self, short_channel_id: ShortChannelId) -> ChannelDriver | None:
        out = self._channel_by_scid(short_channel_id)
        return None if out is None or _must_not_be_named(out, short_channel_id) else out

    def _refuse(
        self, channel: ChannelDriver, htlc: Htlc, way_back: WayBack, failure: Failure
    ) -> None:
        """Fails an incoming HTLC that went no further; of a blinded route nothing is told."""
        if way_back.introduces:
            self._hesitate(HtlcPlace(channel.channel_id, htlc.id), way_back)
        else:
            self._returner.fail(channel, htlc, way_back.shared_secret, failure)

    def fulfilled(self, channel: ChannelDriver, htlc: Htlc, preimage: Preimage) -> None:
        """A preimage came back: kept, and used upstream at once (class 39)."""
        self._store.save_preimage(htlc.payment_hash, preimage)
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, way_back = self._finish(place)
        if forward is None:
            self._endpoint.fulfilled(place, htlc, preimage)
            return
        found = self._incoming(forward.incoming)
        if found is None:
            return
        upstream, incoming = found
        way_back = way_back or self._onions.way_back(incoming)
        if way_back is None:
            upstream.remove(incoming.id, Fulfilled(preimage))
        else:
            secret = way_back.shared_secret
            self._returner.settle(upstream, incoming, secret, preimage, htlc.attribution)

    def failed(
        self, channel: ChannelDriver, htlc: Htlc, outcome: FailedWith | FailedMalformed
    ) -> None:
        """An outgoing HTLC is irrevocably gone: its failure goes upstream, wrapped."""
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, way_back = self._finish(place)
        if forward is None:
            self._endpoint.failed(place, htlc, outcome)
        else:
            self._fail_upstream(forward, way_back, outcome, htlc.attribution)

    def never_sent(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An outgoing HTLC was dropped before it was signed."""
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, way_back = self._finish(place)
        if forward is None:
            self._endpoint.never_sent(place)
        else:
            self._fail_upstream(forward, way_back, _temporary())

    def lost(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """The chain has decided: an outgoing HTLC is gone without its preimage (BOLT 5)."""
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, way_back = self._finish(place)
        if forward is None:
            self._endpoint.never_sent(place)
        else:
            failure = Failure(code=FailureCode.PERMANENT_CHANNEL_FAILURE)
            self._fail_upstream(forward, way_back, failure)

    def upstream_expiries(self, channel_id: ChannelId) -> dict[HtlcKey, BlockHeight]:
        """When the incoming HTLCs expire that were carried on over a channel."""
        found = {}
        for forward in self._under_way.values():
            if forward.outgoing.channel_id != channel_id:
                continue
            upstream = self._channel_of(forward.incoming.channel_id)
            htlc = upstream and incoming_htlc(upstream, forward.incoming.htlc_id)
            if htlc:
                found[Direction.OUTGOING, forward.outgoing.htlc_id] = htlc.cltv_expiry
        return found

    def _finish(self, outgoing: HtlcPlace) -> tuple[Forward | None, WayBack | None]:
        forward = self._under_way.pop(outgoing, None)
        way_back = self._ways_back.pop(outgoing, None)
        if forward is not None:
            self._store.delete_forward(outgoing)
        return forward, way_back

    def _incoming(self, place: HtlcPlace) -> tuple[ChannelDriver, Htlc] | None:
        """Where an outcome goes, if that is still there."""
        upstream = self._channel_of(place.channel_id)
        htlc = None if upstream is None else incoming_htlc(upstream, place.htlc_id)
        return None if upstream is None or htlc is None else (upstream, htlc)

    def _fail_upstream(
        self,
        forward: Forward,
        way_back: WayBack | None,
        outcome: FailedWith | FailedMalformed | Failure,
        attribution: bytes = b"",
    ) -> None:
        found = self._incoming(forward.incoming)
        if found is None:
            return
        upstream, htlc = found
        way_back = way_back or self._onions.way_back(htlc)
        if way_back is None:
            return
        if way_back.introduces:
            self._hesitate(forward.incoming, way_back)
            return
        match outcome:
            case FailedWith(reason):
                secret = way_back.shared_secret
                self._returner.pass_back(upstream, htlc, secret, reason, attribution)
            case FailedMalformed(sha256_of_onion, failure_code):
                failure = Failure(code=failure_code, sha256_of_onion=sha256_of_onion)
                self._returner.fail(upstream, htlc, way_back.shared_secret, failure)
            case Failure():
                self._returner.fail(upstream, htlc, way_back.shared_secret, outcome)

    def _hesitate(self, incoming: HtlcPlace, way_back: WayBack) -> None:
        """BOLT 4: how long the answer took must not tell how far behind us it came from.

        A process that ends meanwhile decides about the HTLC anew, which costs nobody anything.
        """
        loop = asyncio.get_running_loop()
        loop.call_later(self._hesitation(), self._fail_blinded, incoming, way_back)

    def _fail_blinded(self, incoming: HtlcPlace, way_back: WayBack) -> None:
        found = self._incoming(incoming)
        if found is not None:
            channel, htlc = found
            self._returner.fail(channel, htlc, way_back.shared_secret, _blinding_failed(htlc))


def _must_not_be_named(channel: ChannelDriver, short_channel_id: ShortChannelId) -> bool:
    """BOLT 2, `option_scid_alias`: whoever names the place of such a channel is told of none."""
    terms = channel.terms
    return terms.hides_scid and short_channel_id != terms.alias


def _blinding_failed(htlc: Htlc) -> Failure:
    code = FailureCode.INVALID_ONION_BLINDING
    return Failure(code=code, sha256_of_onion=sha256(htlc.onion))


def _temporary() -> Failure:
    return Failure(code=FailureCode.TEMPORARY_CHANNEL_FAILURE)


def incoming_htlc(channel: ChannelDriver, htlc_id: int) -> Htlc | None:
    """A channel's incoming HTLC, if it is there still."""
    return next((h for h in htlcs_of(channel) if not h.by_us and h.id == htlc_id), None)


def _has_htlc(channel: ChannelDriver, htlc_id: int) -> bool:
    return any(h.by_us and h.id == htlc_id for h in htlcs_of(channel))


def htlcs_of(channel: ChannelDriver) -> tuple[Htlc, ...]:
    """All HTLCs of a channel that is live."""
    return () if channel.commitments is None else tuple(channel.commitments.htlcs.values())
