"""What happens to channels that end on chain: how it begins, who dies, who holds payments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from tests.torture.mortals import Death, Mortal
from tests.torture.wires import RepeatingSource, Weather
from tipdesk.base.ids import PaymentHash
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.node.channels import ChannelDriver
from tipdesk.ports.chain import ChainSource

NAMES = ("fan", "first", "second", "creator")
MARKET = (1_000, 2_000, 6_000, 12_000)
"""Feerates in sat per 1000 vbytes."""


class Way(Enum):
    """How the end begins."""

    FORCE = "goes to the chain"
    AWAY = "goes away"
    CHEAT = "cheats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One story."""

    way: Way
    actor: str
    peer: str
    victims: tuple[str, ...]
    """Who dies; of those, who has something at stake."""
    deaths: tuple[Death, ...]
    reorganises: int = 0
    """How deep, twice in the middle."""
    unheard: str = ""
    """The payee whose preimage is given while its peer is dead."""

    def __str__(self) -> str:
        deaths = self.deaths[0].value if len(self.deaths) == 1 else "any death"
        also = f", {self.reorganises} blocks taken back" if self.reorganises else ""
        given = f", {self.unheard} settles unheard" if self.unheard else ""
        return f"{self.actor} {self.way.value} ({self.peer}){given}{also}; {self.victims}: {deaths}"


class MarketSource(RepeatingSource):
    """A chain server whose estimates can be set."""

    def __init__(self, port: int, weather: Weather, market: list[int]) -> None:
        super().__init__(port, weather)
        self._market = market

    async def estimate_fee(self, target: int) -> int | None:
        """The market."""
        return self._market[0]


@dataclass
class Holder(Mortal):
    """A member that lets payments wait until it is told to settle them."""

    held: set[PaymentHash] = field(default_factory=set)
    market: list[int] = field(default_factory=lambda: [MARKET[0]])
    waiting: dict[PaymentHash, Callable[[], None]] = field(default_factory=dict)
    told_to: int = -1
    """The height up to which this process was told everything that it watches."""

    def source(self) -> ChainSource:
        """The chain, told twice, with feerates that change."""
        return MarketSource(self.electrum_port, self.weather, self.market)

    def prepare(self) -> None:
        """What is held stays held in the next process."""
        super().prepare()
        self.waiting, self.told_to = {}, -1
        driver: Any = self.node._onchain.driver
        caught_up = driver._caught_up

        def told() -> None:
            caught_up()
            self.told_to = driver.height.value

        driver._caught_up = told
        endpoint: Any = self.node._router._endpoint
        take = endpoint.receive

        def receive(
            channel: ChannelDriver, htlc: Htlc, payload: FinalPayload, secret: bytes
        ) -> None:
            if htlc.payment_hash in self.held:
                self.waiting[htlc.payment_hash] = partial(take, channel, htlc, payload, secret)
            else:
                take(channel, htlc, payload, secret)

        endpoint.receive = receive

    def release(self, payment_hash: PaymentHash) -> None:
        """Settles what was held."""
        self.held.discard(payment_hash)
        self.waiting.pop(payment_hash)()
        self.node.turn.flush()
