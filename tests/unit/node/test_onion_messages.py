"""BOLT 4, "Onion Messages": what a node carries, takes and drops; the peers are played."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from tests.graphs import CHAIN, NOTHING, NOW, Terms, announced, graph_of, node
from tests.nodes import MovableClock
from tipdesk.app.system import SystemEntropy
from tipdesk.base.ids import NodeId, ShortChannelId
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import Feature, FeatureBits
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.onion_message.message import (
    Content,
    HandOn,
    Kind,
    Received,
    read,
    reply_path,
    way_over,
    write,
)
from tipdesk.lightning.routing.message_ways import message_way
from tipdesk.lightning.sphinx.blinding import BlindedPath, blind
from tipdesk.lightning.sphinx.recipient_data import RecipientData
from tipdesk.lightning.wire.gossip import NodeAnnouncement
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.registry import Message
from tipdesk.node.onion_messages import PEER_RATE, Messenger, NoAnswer, NoWayForMessages

KEYS = [PrivateKey(bytes([index + 1]) * 32) for index in range(5)]
NODES = [NodeId(key.point) for key in KEYS]
US, ANA, BEN, CAT, DAN = NODES
SCID = ShortChannelId(77)
ASKED = Content(Kind.INVOICE_REQUEST, b"please")
ANSWER = Content(Kind.INVOICE, b"here")


@dataclass
class PlayedPeer:
    node_id: NodeId
    carries: bool = True
    sent: list[OnionMessage] = field(default_factory=list)

    def offers(self, feature: Feature) -> bool:
        return feature is Feature.ONION_MESSAGES and self.carries

    def send(self, message: Message) -> None:
        assert isinstance(message, OnionMessage)
        self.sent.append(message)


@dataclass
class Played:
    """Our messenger, with Ana and Ben as its peers; Ben is the far end of a channel."""

    def __post_init__(self) -> None:
        self.ana, self.ben = PlayedPeer(ANA), PlayedPeer(BEN)
        self.here = {ANA: self.ana, BEN: self.ben}
        self.channels_with: set[NodeId] = set()
        self.graph = Graph(Network.REGTEST.chain_hash)
        self.clock = MovableClock()
        self.requested: list[Received] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.messenger = Messenger(
            node_key=KEYS[0],
            graph=self.graph,
            peer=self.here.get,  # type: ignore[arg-type]  # played
            peers=lambda: list(self.here.values()),  # type: ignore[arg-type]
            far_end=lambda scid: BEN if scid == SCID else None,
            has_channel=lambda node_id: node_id in self.channels_with,
            clock=self.clock,
            entropy=SystemEntropy(),
            spawn=lambda work: self.tasks.append(asyncio.ensure_future(work)),
        )
        self.messenger.on_request(self.requested.append)

    def receive(self, message: OnionMessage, peer: PlayedPeer | None = None) -> None:
        self.messenger.receive(peer or self.ana, message)  # type: ignore[arg-type]


def key() -> PrivateKey:
    return PrivateKey(SystemEntropy().random_bytes(32))


def over(
    *nodes: NodeId, content: Content = ASKED, reply: BlindedPath | None = None
) -> OnionMessage:
    return write(key(), way_over(key(), nodes[:-1], nodes[-1]), content, reply)


def test_a_message_for_another_peer_is_handed_on_without_a_trace() -> None:
    played = Played()
    played.receive(over(US, BEN, CAT))
    (message,) = played.ben.sent
    handed = read(KEYS[2], message)
    assert isinstance(handed, HandOn)
    assert handed.to == CAT
    assert not played.requested


def test_a_message_that_names_a_channel_goes_to_its_far_end() -> None:
    played = Played()
    path, _ = blind(
        key(),
        [(US, RecipientData(short_channel_id=SCID).encode()), (BEN, RecipientData().encode())],
    )
    played.receive(write(key(), way_over(key(), [], path), ASKED))
    assert len(played.ben.sent) == 1


@pytest.mark.parametrize("stranger", [CAT, DAN])
def test_a_message_for_somebody_who_is_not_here_is_dropped(stranger: NodeId) -> None:
    played = Played()
    played.receive(over(US, stranger))
    assert not played.ana.sent
    assert not played.ben.sent


def test_a_peer_that_does_not_know_of_messages_is_sent_none() -> None:
    played = Played()
    played.ben.carries = False
    played.receive(over(US, BEN))
    assert not played.ben.sent
    assert played.messenger.carriers() == [ANA]


def test_bytes_that_are_no_message_are_dropped() -> None:
    played = Played()
    played.receive(OnionMessage(path_key=ANA, onion_message_packet=bytes(1366)))
    played.receive(over(CAT, DAN))
    assert not played.requested


def test_a_request_for_us_is_told_with_its_way_back() -> None:
    played = Played()
    reply = reply_path(key(), [ANA, CAT], b"theirs")
    played.receive(over(US, reply=reply))
    (received,) = played.requested
    assert (received.content, received.reply_path, received.path_id) == (ASKED, reply, None)


async def test_a_question_goes_out_and_its_answer_comes_by_the_path_that_was_given() -> None:
    played = Played()
    asking = asyncio.ensure_future(played.messenger.ask(BEN, ASKED, 5))
    await asyncio.sleep(0)
    (message,) = played.ben.sent
    question = read(KEYS[2], message)
    assert isinstance(question, Received)
    assert question.content == ASKED
    assert question.reply_path is not None
    assert question.reply_path.first_node_id in (ANA, BEN)
    first = question.reply_path.first_node_id
    answer = write(key(), way_over(key(), [], question.reply_path), ANSWER)
    peer_key = KEYS[1] if first == ANA else KEYS[2]
    handed = read(peer_key, answer)
    assert isinstance(handed, HandOn)
    assert handed.to == US
    played.receive(handed.message)
    assert await asking == ANSWER


def linked(*pairs: tuple[NodeId, NodeId], carriers: Collection[NodeId]) -> Graph:
    """A map on which these have channels with each other; `carriers` say that they carry."""
    graph = Graph(CHAIN)
    for number, pair in enumerate(pairs, 1):
        graph.apply_channel(announced(*pair, number), None)
    for node_id in carriers:
        graph.apply_node(
            NodeAnnouncement(
                signature=NOTHING,
                features=FeatureBits([Feature.ONION_MESSAGES]).to_bytes(),
                timestamp=NOW.unix_seconds,
                node_id=node_id,
                rgb_color=bytes(3),
                alias=bytes(32),
                addresses=b"",
            )
        )
    return graph


class Neighbours(Played):
    """Ana, with whom we have a channel, has three neighbours; Dan carries nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.channels_with = {ANA}
        pairs = ((ANA, BEN), (ANA, CAT), (ANA, DAN), (ANA, US))
        self.messenger._graph = linked(*pairs, carriers=(ANA, BEN, CAT, US))

    async def reply(self, to: NodeId, attempt: int = 0) -> list[NodeId]:
        """The nodes of the way back that is given with a question."""
        with pytest.raises(NoAnswer):
            await self.messenger.ask(to, ASKED, 0.01, attempt)
        sent = self.ben if to == BEN else self.ana
        _, question = followed(sent.node_id, sent.sent[-1])
        assert question.reply_path is not None
        first = question.reply_path.first_node_id
        assert isinstance(first, NodeId)
        nodes, _ = followed(first, write(key(), way_over(key(), [], question.reply_path), ANSWER))
        return nodes


def followed(first: NodeId, message: OnionMessage) -> tuple[list[NodeId], Received]:
    """Over whom a message goes, and what its last node reads."""
    nodes = [first]
    while isinstance(done := read(KEYS[NODES.index(nodes[-1])], message), HandOn):
        assert isinstance(done.to, NodeId)
        nodes.append(done.to)
        message = done.message
    return nodes, done


async def test_who_is_asked_learns_no_node_of_ours_where_the_map_has_one_before_it() -> None:
    """The way back begins with a neighbour of our peer, who does not know us."""
    played = Neighbours()
    for _ in range(10):
        # Neither our other peer, nor one that carries nothing.
        assert await played.reply(BEN) == [CAT, ANA, US]


async def test_the_way_back_is_the_short_one_when_the_long_one_brought_nothing() -> None:
    assert await Neighbours().reply(BEN, attempt=1) == [ANA, US]


async def test_the_way_back_does_not_begin_with_who_is_asked() -> None:
    """It would see our peer named behind itself."""
    assert await Neighbours().reply(CAT) == [ANA, US]


async def test_an_answer_that_comes_another_way_is_dropped() -> None:
    """BOLT 4: else whoever guesses who asked could find out by answering directly."""
    played = Played()
    asking = asyncio.ensure_future(played.messenger.ask(BEN, ASKED, 0.05))
    await asyncio.sleep(0)
    played.receive(over(US, content=ANSWER))
    made_up = reply_path(key(), [US], b"\x00" * 32)
    played.receive(write(key(), way_over(key(), [], made_up), ANSWER))
    with pytest.raises(NoAnswer):
        await asking


async def test_a_request_by_the_path_of_an_answer_is_dropped() -> None:
    played = Played()
    asking = asyncio.ensure_future(played.messenger.ask(BEN, ASKED, 0.05))
    await asyncio.sleep(0)
    question = read(KEYS[2], played.ben.sent[0])
    assert isinstance(question, Received)
    assert question.reply_path is not None
    wrong = write(key(), way_over(key(), [], question.reply_path), ASKED)
    handed = read(KEYS[1] if question.reply_path.first_node_id == ANA else KEYS[2], wrong)
    assert isinstance(handed, HandOn)
    played.receive(handed.message)
    assert not played.requested
    with pytest.raises(NoAnswer):
        await asking


async def test_each_attempt_names_another_peer_for_the_way_back() -> None:
    played = Played()
    firsts = set()
    for attempt in range(2):
        asking = asyncio.ensure_future(played.messenger.ask(BEN, ASKED, 0.02, attempt))
        await asyncio.sleep(0)
        question = read(KEYS[2], played.ben.sent[-1])
        assert isinstance(question, Received)
        assert question.reply_path is not None
        firsts.add(question.reply_path.first_node_id)
        with pytest.raises(NoAnswer):
            await asking
    assert firsts == {ANA, BEN}


def test_who_has_a_channel_with_us_carries_for_us_and_nobody_who_merely_called() -> None:
    """Anybody can call: whoever does would see that messages come to us, and could keep them."""
    played = Played()
    assert played.messenger.carriers() == [ANA, BEN]
    played.channels_with = {BEN}
    assert played.messenger.carriers() == [BEN]
    played.ben.carries = False
    assert played.messenger.carriers() == [ANA]


def test_who_is_known_to_everybody_carries_for_us_first() -> None:
    """A path that begins with a node that nobody knows leads to us from nowhere."""
    played = Played()
    played.messenger._graph = graph_of(*both(1, 2, 1))
    known = node(1)
    played.here[known] = PlayedPeer(known)
    played.channels_with = {ANA, known}
    assert played.messenger.carriers() == [known, ANA]


async def test_class_35_an_answer_to_a_path_that_begins_with_us_goes_on_behind_us() -> None:
    played = Played()
    played.messenger.answer(reply_path(key(), [US, BEN, CAT], b"id"), ANSWER)
    await asyncio.gather(*played.tasks)
    (message,) = played.ben.sent
    handed = read(KEYS[2], message)
    assert isinstance(handed, HandOn)
    last = read(KEYS[3], handed.message)
    assert isinstance(last, Received)
    assert (last.path_id, last.content) == (b"id", ANSWER)


async def test_class_35_an_answer_to_a_path_to_ourselves_goes_nowhere() -> None:
    played = Played()
    played.messenger.answer(reply_path(key(), [US], b"id"), ANSWER)
    await asyncio.gather(*played.tasks)
    assert not played.ana.sent
    assert not played.ben.sent


async def test_without_a_way_nothing_is_sent_and_that_is_said() -> None:
    played = Played()
    with pytest.raises(NoWayForMessages):
        await played.messenger.ask(DAN, ASKED, 5)
    played.here.clear()
    with pytest.raises(NoWayForMessages):
        await played.messenger.ask(BEN, ASKED, 5)


def test_class_61_a_peer_that_floods_is_read_no_more() -> None:
    """And the others are."""
    played = Played()
    message = over(US)
    for _ in range(10 * PEER_RATE):
        played.receive(message)
    assert len(played.requested) == 2 * PEER_RATE
    played.receive(message, played.ben)
    assert len(played.requested) == 2 * PEER_RATE + 1
    played.clock.moved_ms += 1_000
    for _ in range(10 * PEER_RATE):
        played.receive(message)
    assert len(played.requested) == 3 * PEER_RATE + 1


def way(
    graph: Graph,
    peers: set[int],
    target: int,
    *,
    refuse: tuple[int, ...] = (),
    avoid: tuple[NodeId, ...] = (),
) -> tuple[NodeId, ...] | None:
    silent = {node(number) for number in refuse}
    search = message_way(
        graph,
        {node(peer) for peer in peers},
        node(target),
        lambda index: graph.node_id(index) not in silent,
        avoid,
    )
    while True:
        try:
            next(search)
        except StopIteration as done:
            found: tuple[NodeId, ...] | None = done.value
            return found


def both(one: int, two: int, channel: int) -> tuple[Terms, Terms]:
    return Terms(one, two, channel), Terms(two, one, channel)


def test_a_way_is_the_shortest_over_nodes_that_carry() -> None:
    graph = graph_of(*both(1, 2, 1), *both(2, 3, 2), *both(1, 4, 3), *both(4, 5, 4), *both(5, 3, 5))
    assert way(graph, {1}, 3) == (node(1), node(2))
    assert way(graph, {1}, 3, refuse=(2,)) == (node(1), node(4), node(5))
    assert way(graph, {1}, 3, refuse=(2, 5)) is None
    assert way(graph, {3}, 3) == ()
    assert way(graph, {1}, 99) is None
    assert way(graph, {1}, 3, avoid=(node(1),)) is None
