"""A turn: events, then signatures, then one commit, then what leaves; or nothing leaves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.nodes import Member, MortalStore, pair
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.updates import CommitmentSigned, RevokeAndAck, UpdateAddHtlc
from tipdesk.node.turn import Turn
from tipdesk.tips.payment import Succeeded


class RecordingStore(MortalStore):
    """The real store, which writes down in one list with everything else when it commits."""

    def __init__(self, database: MoneyDatabase, log: list[str]) -> None:
        super().__init__(database)
        self._log = log

    def commit(self) -> None:
        dirty = self.is_dirty
        super().commit()
        if dirty:
            self._log.append("commit")

    def write_something(self) -> None:
        number = len(self._log)
        self.save_preimage(PaymentHash(number.to_bytes(32, "big")), Preimage(bytes(32)))


@dataclass
class Scene:
    """A turn over a store on a real file."""

    path: Path
    log: list[str] = field(default_factory=list)
    errors: list[StorageError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = MoneyDatabase(self.path / "money.db", MIGRATIONS)
        self.store = RecordingStore(self.database, self.log)
        self.turn = Turn(self.store, self.errors.append)

    def send(self, name: str) -> None:
        self.turn.after_commit(lambda: self.log.append(f"send {name}"))

    def event(self, name: str) -> None:
        self.turn.event(lambda: self.log.append(f"event {name}"))


@dataclass
class Channel:
    """Signs by writing."""

    scene: Scene
    name: str

    def sign(self) -> None:
        self.scene.store.write_something()
        self.scene.log.append(f"sign {self.name}")
        self.scene.send(self.name)

    __hash__ = object.__hash__


async def test_class_13_everything_of_a_turn_is_one_commit_and_leaves_after_it(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    scene.send("early")
    scene.event("one")
    channel = Channel(scene, "channel")
    scene.turn.sign_later(channel)
    scene.turn.sign_later(channel)
    scene.event("two")
    assert scene.log == []
    await asyncio.sleep(0)
    wanted = ["event one", "event two", "sign channel", "commit", "send early", "send channel"]
    assert scene.log == wanted
    await asyncio.sleep(0)
    assert scene.log == wanted
    scene.database.close()


async def test_what_an_event_causes_belongs_to_the_same_turn(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    channel = Channel(scene, "channel")
    scene.turn.event(lambda: scene.turn.sign_later(channel))
    scene.turn.event(lambda: scene.event("caused"))
    await asyncio.sleep(0)
    assert scene.log == ["event caused", "sign channel", "commit", "send channel"]
    scene.database.close()


async def test_class_13_a_turn_whose_commit_fails_sends_nothing_and_is_the_last(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path)
    scene.store.dies_at = 1
    scene.turn.sign_later(Channel(scene, "channel"))
    await asyncio.sleep(0)
    assert len(scene.errors) == 1
    scene.send("later")
    scene.turn.touched()
    scene.turn.flush()
    await asyncio.sleep(0)
    assert scene.log == ["sign channel"]
    scene.database._connection.close()


async def test_what_a_send_writes_is_committed_in_a_turn_of_its_own(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    def write_more() -> None:
        scene.store.write_something()
        scene.turn.touched()

    scene.turn.after_commit(write_more)
    await asyncio.sleep(0)
    assert scene.log == []
    await asyncio.sleep(0)
    assert scene.log == ["commit"]
    scene.database.close()


def watch_writes(member: Member, dirty_when_sent: list[str]) -> None:
    """Whoever's bytes leave while something is not committed is written down."""

    def watched(write: Callable[[], None]) -> None:
        if member.store.is_dirty:
            dirty_when_sent.append(member.name)
        write()

    for peer in member.node.connections._all:
        peer.__dict__["_write"] = partial(watched, peer._write)


def watch_sends(member: Member, sent: list[type[Message]]) -> None:
    """What binds must be written when it is handed over, though not yet committed."""
    original = member.node.host.send

    def send(to: NodeId, message: Message) -> None:
        sent.append(type(message))
        if isinstance(message, CommitmentSigned | RevokeAndAck):
            assert member.store.is_dirty
        original(to, message)

    member.node.host.__dict__["send"] = send


async def test_nothing_binding_leaves_a_node_before_the_commit_that_promises_it(
    tmp_path: Path,
) -> None:
    dirty_when_sent: list[str] = []
    sent: list[type[Message]] = []
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        for member in (fan, creator):
            watch_writes(member, dirty_when_sent)
            watch_sends(member, sent)
        for _ in range(3):
            (*_, last) = await fan.pay(creator.invoice())
            assert isinstance(last, Succeeded)
        await made.quiet()
    assert dirty_when_sent == []
    assert sent.count(CommitmentSigned) >= 12
    assert UpdateAddHtlc in sent


async def test_payments_begun_in_one_turn_are_signed_and_committed_together(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        invoices = [creator.invoice() for _ in range(10)]
        before = fan.store.commits
        results = await asyncio.gather(*(fan.pay(invoice) for invoice in invoices))
        assert all(isinstance(result[-1], Succeeded) for result in results)
        await made.quiet()
        # Each by itself needs four or more.
        assert fan.store.commits - before < 20
        assert creator.stored_balance() == 1_000_000_000 + 10 * Msat(5_000_000).value
