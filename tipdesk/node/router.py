"""Decides what becomes of each incoming HTLC, and carries outcomes back to where it came from."""

import logging
from collections.abc import Callable
from typing import Final, Protocol

from tipdesk.base.ids import ChannelId, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
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
from tipdesk.lightning.payment.forward import FURTHEST, Terms, why_not_forward
from tipdesk.lightning.sphinx.packet import BadOnion, Peeled, UnreadablePayload, peel
from tipdesk.lightning.sphinx.payload import (
    FinalPayload,
    InvalidOnionPayload,
    decode_final,
    decode_forward,
)
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.returning import Returner
from tipdesk.ports.stores import Forward, HtlcPlace, NodeStore

MAX_SEEN: Final = 200_000
"""Onions remembered: some 30 MB. Beyond it the oldest are forgotten."""

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
        node_key: PrivateKey,
        store: NodeStore,
        endpoint: Endpoint,
        returner: Returner,
        forwards: bool,
        terms: Terms,
        max_dust_exposure: Msat,
        channel_of: Callable[[ChannelId], ChannelDriver | None],
        channel_by_scid: Callable[[ShortChannelId], ChannelDriver | None],
        height: Callable[[], BlockHeight],
    ) -> None:
        self._node_key = node_key
        self._store = store
        self._endpoint = endpoint
        self._returner = returner
        self._forwards = forwards
        self._terms = terms
        self._max_dust_exposure = max_dust_exposure
        self._channel_of = channel_of
        self._channel_by_scid = channel_by_scid
        self._height = height
        self._under_way: dict[HtlcPlace, Forward] = {}
        self._secrets: dict[HtlcPlace, bytes] = {}
        """Of the HTLCs under way that this process carried on, by their outgoing place."""
        self._seen_secrets: dict[bytes, int] = {}

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
            self._remember(forward.incoming)

    def is_forwarded(self, place: HtlcPlace) -> bool:
        """Whether an incoming HTLC has been carried on already."""
        return any(forward.incoming == place for forward in self._under_way.values())

    def received(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An incoming HTLC is irrevocably committed: peel its onion and act on it."""
        if not channel.can_settle:
            # Its channel ended since: nothing could be claimed of what it would cost us.
            _log.warning("an HTLC is left to the chain: %r", channel)
            return
        match peel(htlc.onion, self._node_key, htlc.payment_hash):
            case BadOnion(failure_code, sha256_of_onion):
                channel.remove(htlc.id, FailedMalformed(sha256_of_onion, failure_code))
            case UnreadablePayload(shared_secret):
                failure = Failure(code=FailureCode.INVALID_ONION_PAYLOAD, type=0, offset=0)
                self._returner.fail(channel, htlc, shared_secret, failure)
            case Peeled() as peeled:
                self._act_on(channel, htlc, peeled)

    def _act_on(self, channel: ChannelDriver, htlc: Htlc, peeled: Peeled) -> None:
        secret = peeled.shared_secret
        if not self._is_fresh(secret, htlc):
            failure = Failure(code=FailureCode.TEMPORARY_NODE_FAILURE)
            self._returner.fail(channel, htlc, secret, failure)
            return
        if channel.is_overexposed(self._max_dust_exposure):
            self._returner.fail(channel, htlc, secret, _temporary())
            return
        try:
            if peeled.next_packet is None:
                self._endpoint.receive(channel, htlc, decode_final(peeled.payload), secret)
            else:
                self._forward(channel, htlc, peeled, peeled.next_packet)
        except InvalidOnionPayload as error:
            failure = Failure(
                code=FailureCode.INVALID_ONION_PAYLOAD, type=error.record_type, offset=error.offset
            )
            self._returner.fail(channel, htlc, secret, failure)

    def _remember(self, incoming: HtlcPlace) -> None:
        """The onion of an HTLC that an earlier process carried on: seen, like the others."""
        channel = self._channel_of(incoming.channel_id)
        htlc = None if channel is None else incoming_htlc(channel, incoming.htlc_id)
        peeled = None if htlc is None else peel(htlc.onion, self._node_key, htlc.payment_hash)
        if htlc is not None and isinstance(peeled, Peeled):
            self._is_fresh(peeled.shared_secret, htlc)

    def _is_fresh(self, secret: bytes, htlc: Htlc) -> bool:
        """Class 24: the same onion twice is a replay. Kept until it would be refused as expired."""
        if secret in self._seen_secrets:
            return False
        # Whatever may be carried on or taken expires before FURTHEST, whatever the HTLC says.
        furthest = self._height().after(FURTHEST)
        self._seen_secrets[secret] = min(htlc.cltv_expiry, furthest).value
        if len(self._seen_secrets) > MAX_SEEN:
            del self._seen_secrets[next(iter(self._seen_secrets))]
        return True

    def new_height(self, height: BlockHeight) -> None:
        """Forgets onions whose HTLCs have expired."""
        expired = [s for s, expiry in self._seen_secrets.items() if expiry < height.value]
        for secret in expired:
            del self._seen_secrets[secret]

    def _forward(
        self, channel: ChannelDriver, htlc: Htlc, peeled: Peeled, next_packet: bytes
    ) -> None:
        payload = decode_forward(peeled.payload)
        out = self._channel_by_scid(payload.short_channel_id)
        failure: Failure | None
        if out is None or not self._forwards or _must_not_be_named(out, payload.short_channel_id):
            failure = Failure(code=FailureCode.UNKNOWN_NEXT_PEER)
        else:
            failure = why_not_forward(htlc, payload, self._terms, self._height())
        if failure is not None or out is None:
            self._returner.fail(channel, htlc, peeled.shared_secret, failure or _temporary())
            return
        added = out.add(
            command.AddHtlc(
                amount=payload.amt_to_forward,
                payment_hash=htlc.payment_hash,
                cltv_expiry=payload.outgoing_cltv_value,
                onion=next_packet,
            )
        )
        if isinstance(added, AddRefusal):
            _log.info("not forwarded: %s", added.value)
            self._returner.fail(channel, htlc, peeled.shared_secret, _temporary())
            return
        forward = Forward(
            incoming=HtlcPlace(channel.channel_id, htlc.id),
            outgoing=HtlcPlace(out.channel_id, added.id),
        )
        self._under_way[forward.outgoing] = forward
        self._secrets[forward.outgoing] = peeled.shared_secret
        self._store.save_forward(forward)

    def fulfilled(self, channel: ChannelDriver, htlc: Htlc, preimage: Preimage) -> None:
        """A preimage came back: kept, and used upstream at once (class 39)."""
        self._store.save_preimage(htlc.payment_hash, preimage)
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, secret = self._finish(place)
        if forward is None:
            self._endpoint.fulfilled(place, htlc, preimage)
            return
        found = self._incoming(forward)
        if found is None:
            return
        upstream, incoming = found
        secret = secret or self._secret_of(incoming)
        if secret is None:
            upstream.remove(incoming.id, Fulfilled(preimage))
        else:
            self._returner.settle(upstream, incoming, secret, preimage, htlc.attribution)

    def failed(
        self, channel: ChannelDriver, htlc: Htlc, outcome: FailedWith | FailedMalformed
    ) -> None:
        """An outgoing HTLC is irrevocably gone: its failure goes upstream, wrapped."""
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, secret = self._finish(place)
        if forward is None:
            self._endpoint.failed(place, htlc, outcome)
        else:
            self._fail_upstream(forward, secret, outcome, htlc.attribution)

    def never_sent(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An outgoing HTLC was dropped before it was signed."""
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, secret = self._finish(place)
        if forward is None:
            self._endpoint.never_sent(place)
        else:
            self._fail_upstream(forward, secret, _temporary())

    def lost(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """The chain has decided: an outgoing HTLC is gone without its preimage (BOLT 5)."""
        place = HtlcPlace(channel.channel_id, htlc.id)
        forward, secret = self._finish(place)
        if forward is None:
            self._endpoint.never_sent(place)
        else:
            failure = Failure(code=FailureCode.PERMANENT_CHANNEL_FAILURE)
            self._fail_upstream(forward, secret, failure)

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

    def _finish(self, outgoing: HtlcPlace) -> tuple[Forward | None, bytes | None]:
        forward, secret = self._under_way.pop(outgoing, None), self._secrets.pop(outgoing, None)
        if forward is not None:
            self._store.delete_forward(outgoing)
        return forward, secret

    def _incoming(self, forward: Forward) -> tuple[ChannelDriver, Htlc] | None:
        """Where an outcome goes, if that is still there."""
        upstream = self._channel_of(forward.incoming.channel_id)
        htlc = None if upstream is None else incoming_htlc(upstream, forward.incoming.htlc_id)
        return None if upstream is None or htlc is None else (upstream, htlc)

    def _secret_of(self, htlc: Htlc) -> bytes | None:
        """The secret is not stored: the onion is, and peels the same way again."""
        peeled = peel(htlc.onion, self._node_key, htlc.payment_hash)
        return None if isinstance(peeled, BadOnion) else peeled.shared_secret

    def _fail_upstream(
        self,
        forward: Forward,
        secret: bytes | None,
        outcome: FailedWith | FailedMalformed | Failure,
        attribution: bytes = b"",
    ) -> None:
        found = self._incoming(forward)
        if found is None:
            return
        upstream, htlc = found
        secret = secret or self._secret_of(htlc)
        if secret is None:
            return
        match outcome:
            case FailedWith(reason):
                self._returner.pass_back(upstream, htlc, secret, reason, attribution)
            case FailedMalformed(sha256_of_onion, failure_code):
                failure = Failure(code=failure_code, sha256_of_onion=sha256_of_onion)
                self._returner.fail(upstream, htlc, secret, failure)
            case Failure():
                self._returner.fail(upstream, htlc, secret, outcome)


def _must_not_be_named(channel: ChannelDriver, short_channel_id: ShortChannelId) -> bool:
    """BOLT 2, `option_scid_alias`: whoever names the place of such a channel is told of none."""
    terms = channel.terms
    return terms.hides_scid and short_channel_id != terms.alias


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
