"""What there is, as one figure and its parts in words; and the next step while little is there."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.events import BalanceChanged, ChannelsChanged, RateChanged
from tipdesk.services.holdings import Holdings, Part, Place, expected_at
from tipdesk.services.views import Elsewhere, WalletSummary
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade

_SILENT_MS: Final = 150_000
"""So long without an answer, and the chain server counts as away."""


class Step(Enum):
    """What may be done next."""

    RECEIVE = auto()
    OPEN_CHANNEL = auto()
    ASK_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class NextStep:
    """A sentence on how things stand, and what to do about it; None: wait."""

    text: str
    step: Step | None = None
    is_problem: bool = False


@dataclass(frozen=True, slots=True)
class PartLine:
    """An amount that cannot be spent now: what it is, and when or how it is free."""

    place: Place
    title: str
    detail: str
    amount: Msat


class HoldingsViewModel(ViewModel):
    """The card on top of the wallet."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        for kind in (BalanceChanged, ChannelsChanged, RateChanged):
            self.listen(kind, self.touch)

    @property
    def summary(self) -> WalletSummary:
        """As of the last refresh."""
        return self._app.wallet.summary()

    @property
    def holdings(self) -> Holdings:
        """Where all of it is."""
        return self.summary.holdings

    @property
    def heading(self) -> str:
        """What the figure is, and whose if another wallet pays."""
        other = self.summary.elsewhere
        if other is None:
            return t("Can be spent now")
        return t("Can be spent now, from {wallet}", wallet=other.name)

    @property
    def worth(self) -> str:
        """What can be spent, in fiat; empty without a fresh rate."""
        rate = self._app.rates.current()
        if rate is None or not self.summary.spendable:
            return ""
        fiat = rate.to_fiat(self.summary.spendable)
        return words.fiat(fiat.currency, fiat.minor)

    @property
    def lines(self) -> tuple[PartLine, ...]:
        """The parts in words."""
        return tuple(self._line(part) for part in self.holdings.parts)

    @property
    def next_step(self) -> NextStep | None:
        """None while all is well."""
        summary, status = self.summary, self._app.status()
        if not summary.is_known:
            return NextStep(t("The wallet is being asked what is in it."))
        if summary.elsewhere is not None:
            return _of_other(summary.elsewhere)
        if status.chain_height is None or self._is_silent(summary):
            return NextStep(self._away(summary), Step.ASK_AGAIN, is_problem=True)
        if not summary.holdings.total:
            return NextStep(
                t(
                    "There are no sats here yet. Send some from another wallet to your address "
                    "on chain; with them you open your first channel."
                ),
                Step.RECEIVE,
            )
        return self._of_channels(summary)

    def _is_silent(self, summary: WalletSummary) -> bool:
        told = summary.chain_told_at
        return told is None or self._app.clock.now().since(told) > _SILENT_MS

    def _away(self, summary: WalletSummary) -> str:
        if summary.chain_told_at is None:
            return t(
                "The chain server has not answered yet, so what is on chain is not known. "
                "TipDesk goes on asking."
            )
        return t(
            "The chain server does not answer. What is on chain is as of {time}. "
            "TipDesk goes on asking.",
            time=words.clock_time(summary.chain_told_at),
        )

    def _of_channels(self, summary: WalletSummary) -> NextStep | None:
        channels = [
            c for c in self._app.channels.channels() if c.status is not ChannelStatus.CLOSED
        ]
        if not channels and summary.onchain_confirmed:
            return NextStep(
                t("Your sats are on chain. Tips are paid over Lightning: open a channel."),
                Step.OPEN_CHANNEL,
            )
        if not channels:
            return NextStep(
                t(
                    "Your sats wait for a block, which takes ten minutes or so. Then you open a "
                    "channel with them."
                )
            )
        if summary.spendable:
            return None
        states = {c.status for c in channels}
        if ChannelStatus.ONLINE in states:
            return None
        if ChannelStatus.CONFIRMING in states:
            return NextStep(
                t("Your channel waits for its confirmations. It can pay as soon as it has them.")
            )
        if ChannelStatus.OFFLINE in states:
            return NextStep(
                t("The other side of your channels is away. TipDesk goes on calling it."),
                is_problem=True,
            )
        return None

    def _line(self, part: Part) -> PartLine:
        title, detail = _titles()[part.place]
        if part.until is not None:
            detail = self._until(part.place, part.until)
        return PartLine(part.place, title, detail, part.amount)

    def _until(self, place: Place, until: BlockHeight) -> str:
        height = self._app.status().chain_height
        if height is None:
            return t("by block {height}", height=until.value)
        at = expected_at(until, BlockHeight(height), self._app.clock.now())
        if place is Place.IN_FLIGHT:
            return t("settles by about {when}", when=_when(at))
        return t("free by about {when}", when=_when(at))


def _of_other(wallet: Elsewhere) -> NextStep | None:
    if not wallet.problem:
        return None
    return NextStep(
        t("{name} cannot be reached. {why}", name=wallet.name, why=say(wallet.problem)),
        Step.ASK_AGAIN,
        is_problem=True,
    )


def _when(at: Instant) -> str:
    return t("{day}, {time}", day=words.short_day(at), time=words.clock_time(at))


def _titles() -> dict[Place, tuple[str, str]]:
    return {
        Place.IN_FLIGHT: (t("In flight"), t("arrives or comes back")),
        Place.RESERVE: (t("Reserve"), t("stays while a channel is open")),
        Place.FEE_BUFFER: (t("Kept for fees"), t("so that channels stay safe")),
        Place.OVER_LIMIT: (t("Beyond the limit"), t("free when payments under way have settled")),
        Place.OFFLINE: (t("Peer away"), t("free as soon as it is back")),
        Place.OPENING: (t("Opening"), t("free once they are confirmed")),
        Place.CLOSING: (t("Closing"), t("on chain once that is confirmed")),
        Place.FROZEN: (t("Failed channels"), t("close them to have it back")),
        Place.KEPT_BACK: (t("Kept back"), t("by that wallet, for channels and fees")),
        Place.CHAIN: (t("On chain"), t("a channel makes it spendable")),
        Place.CHAIN_WAITING: (t("On chain, unconfirmed"), t("waits for a block")),
    }
