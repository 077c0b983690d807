"""What is left to do before the first tip."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject

from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.events import BalanceChanged, ChannelsChanged, FeedChanged, TipChanged
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade


class Step(Enum):
    """In the order in which they are usually taken."""

    SATS = "sats"
    CHANNEL = "channel"
    FOLLOW = "follow"
    TIP = "tip"


@dataclass(frozen=True, slots=True)
class StepState:
    """How a step stands."""

    step: Step
    is_done: bool
    is_under_way: bool = False


class FirstStepsViewModel(ViewModel):
    """Gone for good once a tip was paid, or when the person says so."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        for kind in (BalanceChanged, ChannelsChanged, FeedChanged, TipChanged):
            self.listen(kind, self.touch)
        self._subscriptions.append(app.preferences.listen(self.touch))

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to be shown."""
        keeps = self._app.preferences.now.show_first_steps
        return keeps and not all(state.is_done for state in self.states)

    @property
    def states(self) -> tuple[StepState, ...]:
        """All four."""
        app = self._app
        channels = [c for c in app.channels.channels() if c.status is not ChannelStatus.CLOSED]
        summary = app.wallet.summary()
        usable = any(channel.status is ChannelStatus.ONLINE for channel in channels)
        has_sats = bool(summary.holdings.total) or bool(channels)
        has_tipped = any(tip.state.is_paid for tip in app.tips.tips())
        return (
            StepState(Step.SATS, has_sats or has_tipped),
            StepState(Step.CHANNEL, usable or has_tipped, is_under_way=bool(channels)),
            StepState(Step.FOLLOW, bool(app.feeds.follows()) or has_tipped),
            StepState(Step.TIP, has_tipped),
        )

    def put_away(self) -> None:
        """Never shown again on this machine."""
        self._app.preferences.change(show_first_steps=False)
