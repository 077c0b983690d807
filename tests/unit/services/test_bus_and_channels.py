"""Events reach those who asked; channels are opened by what a person pastes."""

import logging
from collections.abc import Callable

import pytest

from tests.fakes import NODE
from tests.unit.services.conftest import Fan
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.base.units import Sat
from tipdesk.ports.channels import ChannelAdmin, ChannelView
from tipdesk.services.bus import Bus
from tipdesk.services.channels import AmountMissing, ChannelService, NotAPeer
from tipdesk.services.creator import CreatorService
from tipdesk.services.events import AppEvent, BalanceChanged, ChannelsChanged, Notice
from tipdesk.ui.viewmodels import facade

PEER = f"{NODE.point.hex()}@127.0.0.1:9735"


def test_handlers_hear_their_class_until_they_unsubscribe() -> None:
    bus, heard, all_heard = Bus(), list[Notice](), list[AppEvent]()
    unsubscribe = bus.subscribe(Notice, heard.append)
    bus.subscribe(AppEvent, all_heard.append)
    notice = Notice("hello", serious=False)
    bus.publish(notice)
    bus.publish(BalanceChanged())
    unsubscribe()
    unsubscribe()
    bus.publish(notice)
    assert heard == [notice]
    assert all_heard == [notice, BalanceChanged(), notice]


def test_a_failing_handler_is_logged_and_the_others_still_hear(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus, heard = Bus(), list[BalanceChanged]()

    def fail(_: BalanceChanged) -> None:
        raise KeyError("x")

    bus.subscribe(BalanceChanged, fail)
    bus.subscribe(BalanceChanged, heard.append)
    with caplog.at_level(logging.CRITICAL, logger="tipdesk.services.bus"):
        bus.publish(BalanceChanged())
    assert heard == [BalanceChanged()]


class FakeAdmin:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.listeners: list[Callable[[], None]] = []
        self.node_id = NodeId(NODE.point)

    def channels(self) -> tuple[ChannelView, ...]:
        return ()

    async def open_channel(self, peer: str, amount: Sat, *, announce: bool) -> ChannelId:
        self.asked.append((peer, amount, announce))
        return ChannelId(bytes(32))

    async def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        self.asked.append((channel_id, force))

    def on_change(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)


async def test_channels_are_opened_closed_and_told() -> None:
    fake, bus, heard = FakeAdmin(), Bus(), list[ChannelsChanged]()
    admin: ChannelAdmin = fake
    bus.subscribe(ChannelsChanged, heard.append)
    service = ChannelService(admin, bus)
    channel_id = await service.open(f" {PEER.upper()}\n", Sat(100_000), True)
    await service.close(channel_id, False)
    assert fake.asked == [(PEER, Sat(100_000), True), (channel_id, False)]
    assert (service.channels(), service.node_id) == ((), NODE.point.hex())
    fake.listeners[0]()
    assert heard == [ChannelsChanged()]


@pytest.mark.parametrize("text", ["", "127.0.0.1:9735", "02ab@host:1", f"{PEER}x", f"04{PEER[2:]}"])
async def test_what_is_no_peer_is_said(text: str) -> None:
    service = ChannelService(FakeAdmin(), Bus())
    with pytest.raises(NotAPeer, match="66 digits"):
        await service.open(text, Sat(1), True)
    with pytest.raises(AmountMissing):
        await service.open(PEER, Sat(0), True)


def as_the_window_sees_them(fan: Fan, channels: ChannelService, creator: CreatorService) -> object:
    """Read by mypy alone: the services are what the window asks for."""
    seen: tuple[facade.Feeds, facade.Tips, facade.Wallet, facade.Channels, facade.Creator] = (
        fan.feed,
        fan.tips,
        fan.purse,
        channels,
        creator,
    )
    return seen
