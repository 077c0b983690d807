"""Paying an address on the chain: what it costs, then a signed transaction that is published."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import Txid
from tipdesk.base.phrase import Phrase, clause
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.feerates import Feerates
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import BroadcastRefused
from tipdesk.ports.wallet import NotEnoughOnchain, OnchainWallet
from tipdesk.services.bus import Bus
from tipdesk.services.events import ChannelsChanged

_log = logging.getLogger(__name__)


class SentLedger(Protocol):
    """Writes down what is sent."""

    def begun(self, txid: Txid, address: str, amount: Sat, fee: Sat) -> None:
        """It is signed, and will be published now."""
        ...

    def refused(self, txid: Txid) -> None:
        """The network did not take it."""
        ...


class Speed(Enum):
    """How soon a block should take a transaction; the value is in blocks."""

    FAST = 2
    NORMAL = 6
    SLOW = 144


class CannotSendOnchain(RequestError):
    """The payment cannot be made as it is asked for; nothing was sent."""


class RefusedByNetwork(BackendError):
    """The network did not take the transaction; its coins are free again."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase(
                "The network did not take the payment: {reason}. Its coins are free again. "
                "No money moved.",
                reason=reason.rstrip("."),
            )
        )
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OnchainCost:
    """A payment as it would be made now."""

    address: str
    amount: Sat
    speed: Speed
    feerate: FeeratePerKw
    fee: Sat

    @property
    def total(self) -> Sat:
        """What leaves the wallet."""
        return self.amount + self.fee

    @property
    def sat_per_vbyte(self) -> str:
        """The rate as wallets write it."""
        thousandths = self.feerate.value * 4
        return f"{thousandths // 1_000}.{thousandths % 1_000 // 100}"


@dataclass(frozen=True, slots=True)
class SentOnchain:
    """A payment that was handed over; `is_published` is False while nobody has confirmed that."""

    txid: Txid
    total: Sat
    is_published: bool


_SIZES: Final = 140
"""A usual payment in virtual bytes, where only the order of a fee matters."""


class OnchainService:
    """Asks what it costs, and pays."""

    def __init__(
        self,
        *,
        wallet: OnchainWallet,
        feerates: Callable[[], Feerates],
        kept: Callable[[], Sat],
        publish: Callable[[Transaction], Awaitable[None]],
        forget: Callable[[Txid], None],
        ledger: SentLedger,
        bus: Bus,
    ) -> None:
        """`kept` must stay in the wallet; `publish` goes on trying until `forget`."""
        self._wallet = wallet
        self._feerates = feerates
        self._kept = kept
        self._publish = publish
        self._forget = forget
        self._ledger = ledger
        self._bus = bus

    def feerate(self, speed: Speed) -> FeeratePerKw:
        """What is paid for a speed now."""
        return self._feerates().within(speed.value)

    def usual_fee(self, speed: Speed) -> Sat:
        """About what one payment costs now."""
        return self.feerate(speed).fee_for_weight(4 * _SIZES)

    def kept(self) -> Sat:
        """What stays for the fees of closing channels."""
        return self._kept()

    async def cost(self, address: str, amount: Sat, speed: Speed) -> OnchainCost:
        """What a payment would cost; `RequestError` if it cannot be made."""
        rate = self.feerate(speed)
        try:
            fee = await self._wallet.fee_of(address, amount, rate, keep=self._kept())
        except (NotEnoughOnchain, DecodeError) as error:
            raise self._why(error) from error
        return OnchainCost(address, amount, speed, rate, fee)

    async def send(self, cost: OnchainCost) -> SentOnchain:
        """Pays at the feerate that was shown. Nothing left the wallet if it raises."""
        try:
            paid = await self._wallet.send_to(
                cost.address, cost.amount, cost.feerate, keep=self._kept()
            )
        except (NotEnoughOnchain, DecodeError) as error:
            raise self._why(error) from error
        self._ledger.begun(paid.txid, cost.address, cost.amount, cost.fee)
        try:
            await self._publish(paid)
        except BroadcastRefused as refused:
            self._ledger.refused(paid.txid)
            self._forget(paid.txid)
            await self._wallet.release(paid.txid)
            raise RefusedByNetwork(refused.reason) from refused
        except BackendError as error:
            _log.warning("not known whether %s was published: %s", paid.txid, error)
            return SentOnchain(paid.txid, cost.total, is_published=False)
        finally:
            self._bus.publish(ChannelsChanged())
        return SentOnchain(paid.txid, cost.total, is_published=True)

    def _why(self, error: RequestError | DecodeError) -> CannotSendOnchain:
        if not isinstance(error, NotEnoughOnchain):
            return CannotSendOnchain(
                Phrase(
                    "That address cannot be used: {problem}. No money moved.",
                    problem=clause(error),
                )
            )
        kept = self._kept()
        if not kept:
            return CannotSendOnchain(
                Phrase(
                    "With its fee this needs {needed} on chain, and {available} are free. "
                    "Send less. No money moved.",
                    needed=error.needed,
                    available=error.available,
                )
            )
        return CannotSendOnchain(
            Phrase(
                "With its fee this needs {needed} on chain, and {available} are free; {kept} of "
                "that stay for the fees of closing channels. Send less. No money moved.",
                needed=error.needed,
                available=error.available,
                kept=kept,
            )
        )
