"""Onion messages that a node can open, and what nobody should say in them."""

from collections.abc import Callable
from random import Random
from typing import Final, TypeVar

from tests.fuzz.mutate import damaged
from tests.offers import BASE_SECRET, ENTROPY, NETWORK
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import offer
from tipdesk.lightning.invoice.bolt12_fields import MAX_AMOUNT
from tipdesk.lightning.invoice.invoice_request import RequestTerms, payer_key, request_for
from tipdesk.lightning.onion_message.message import Content, Kind, Way, reply_path, way_over, write
from tipdesk.lightning.sphinx.blinding import BlindedHop, BlindedPath, DirectedScid, blind
from tipdesk.lightning.sphinx.packet import LARGE_PACKET_BYTES, PACKET_BYTES, build
from tipdesk.lightning.sphinx.recipient_data import RecipientData
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

T = TypeVar("T")
_RECORDS: Final = (2, 4, 64, 66, 68, 1, 3, 6, 65_537, (1 << 64) - 1)


class Speaker:
    """Says things to `node` along ways that end with it, with `other` or with nobody."""

    def __init__(self, random: Random, node: NodeId, other: NodeId, lno: str) -> None:
        self.random = random
        self.node = node
        self.other = other
        self.offer = offer.decode(lno)

    def message(self) -> OnionMessage:
        """One that gets as far as its first onion layer, mostly."""
        made = self.random.choice([self._asked, self._asked, self._raw, self._in_between])()
        if self.random.random() < 0.1:
            packet = damaged(self.random, made.onion_message_packet)[:60_000]
            return OnionMessage(path_key=made.path_key, onion_message_packet=packet)
        return made

    def _key(self) -> PrivateKey:
        return PrivateKey(self.random.randbytes(31) + b"\x01")

    def _somebody(self) -> NodeId:
        return self.random.choice([self.node, self.other, NodeId(self._key().point)])

    def _asked(self) -> OnionMessage:
        """A request, an answer or a refusal, whole or damaged, with an odd way back."""
        data = self._request() if self.random.random() < 0.8 else self.random.randbytes(200)
        if self.random.random() < 0.5:
            data = damaged(self.random, data)[:20_000]
        content = Content(self.random.choice([Kind.INVOICE_REQUEST, *Kind]), data)
        ends: list[NodeId | BlindedPath] = [self.node, *self.offer.paths]
        to = self.random.choice(ends)
        nodes = [] if to == self.node else [self.node]
        reply = self._reply() if self.random.random() < 0.9 else None
        return write(self._key(), way_over(self._key(), nodes, to), content, reply)

    def _request(self) -> bytes:
        metadata = self.random.randbytes(16)
        terms = RequestTerms(
            amount=Msat(self.random.choice([1, 21_000, 1 << 40, MAX_AMOUNT.value]))
        )
        key = payer_key(BASE_SECRET, metadata)
        made = request_for(self.offer, terms, NETWORK, key=key, metadata=metadata, entropy=ENTROPY)
        return made.to_bytes()

    def _reply(self) -> BlindedPath:
        nodes = [self._somebody() for _ in range(self.random.choice([1, 2, 2, 3, 20]))]
        path = reply_path(self._key(), nodes, self.random.randbytes(32))
        if self.random.random() < 0.3:
            scid = ShortChannelId(self.random.choice([0, 1, (1 << 64) - 1]))
            path = BlindedPath(
                DirectedScid(self.random.randrange(2), scid), path.first_path_key, path.path
            )
        if self.random.random() < 0.3:
            hops = tuple(
                BlindedHop(hop.blinded_node_id, damaged(self.random, hop.encrypted_recipient_data))
                for hop in path.path
            )
            path = BlindedPath(path.first_node_id, path.first_path_key, hops)
        return path

    def _raw(self) -> OnionMessage:
        """Any records at all, with instructions that can be opened."""
        path, _ = blind(self._key(), [(self.node, self._instructions())])
        sealed = path.path[0].encrypted_recipient_data
        records = {number: self.random.randbytes(20) for number in self._some(_RECORDS)}
        records[4] = sealed
        payload = write_stream([TlvRecord(*one) for one in sorted(records.items())])
        if self.random.random() < 0.5:
            payload = damaged(self.random, payload)[:1_200]
        return self._built(path, [(path.path[0].blinded_node_id, payload)])

    def _in_between(self) -> OnionMessage:
        """For the node to hand on: to itself, to its peer, to nobody, twice over."""
        told = [(self._somebody(), self._instructions()) for _ in range(3)]
        path, _ = blind(self._key(), [(self.node, self._instructions()), *told])
        way = Way(self.node, path.first_path_key, path.path)
        return write(self._key(), way, Content(Kind.INVOICE, self.random.randbytes(50)))

    def _instructions(self) -> bytes:
        data = RecipientData(
            next_node_id=self._maybe(self._somebody),
            short_channel_id=self._maybe(lambda: ShortChannelId(self.random.getrandbits(64))),
            path_id=self._maybe(lambda: self.random.randbytes(self.random.choice([0, 32, 300]))),
            next_path_key_override=self._maybe(lambda: self._key().point),
        ).encode(self.random.choice([0, 0, 64, 700]))
        return damaged(self.random, data)[:2_000] if self.random.random() < 0.2 else data

    def _built(self, path: BlindedPath, hops: list[tuple[Point, bytes]]) -> OnionMessage:
        fits = sum(len(payload) for _, payload in hops) < 1_200
        size = self.random.choice([PACKET_BYTES] * fits + [5_000, LARGE_PACKET_BYTES])
        onion = build(self._key(), hops, b"", size)
        return OnionMessage(path_key=path.first_path_key, onion_message_packet=onion.packet)

    def _maybe(self, make: Callable[[], T]) -> T | None:
        return make() if self.random.random() < 0.4 else None

    def _some(self, numbers: tuple[int, ...]) -> list[int]:
        return self.random.sample(numbers, self.random.randrange(4))
