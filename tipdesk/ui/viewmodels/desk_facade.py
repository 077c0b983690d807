"""What the creator's desk asks of the app, beside `Creator`."""

from collections.abc import Mapping
from typing import Protocol

from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip75 import Goal
from tipdesk.ports.desk import AlertMedia, OverlayPage, TriggerJob
from tipdesk.services.address_watch import Looked
from tipdesk.services.alerts import MissedAlert
from tipdesk.services.desk_settings import PageSettings
from tipdesk.services.goals import GoalView
from tipdesk.services.own_address import OwnAddress
from tipdesk.services.trigger_rules import TriggerRule
from tipdesk.tips.alert import AlertSettings
from tipdesk.tips.alerts import AlertState


class Alerts(Protocol):
    """What viewers see of tips."""

    @property
    def settings(self) -> AlertSettings:
        """The creator's rules; `ChoiceOutOfBounds` when they cannot be kept."""
        ...

    @settings.setter
    def settings(self, chosen: AlertSettings) -> None: ...

    @property
    def state(self) -> AlertState:
        """What is shown, queued and held now."""
        ...

    @property
    def can_speak(self) -> str | None:
        """The system's own command that reads aloud; None if there is none."""
        ...

    def missed(self, limit: int = 50, offset: int = 0) -> tuple[MissedAlert, ...]:
        """Tips that were not fired and may still be shown, newest first."""
        ...

    def trial(self, amount: Msat) -> None:
        """Shows an alert of that amount, marked as a test."""
        ...

    def let_pass(self, number: int) -> None:
        """Lets a held alert through."""
        ...

    def skip(self, number: int) -> None:
        """A held, queued or shown alert is not to be seen (any longer)."""
        ...

    def hide(self) -> None:
        """Whatever is shown goes, now."""
        ...

    def replay(self, payment_hash: PaymentHash) -> None:
        """Shows a tip again, or one that was missed; `RequestError` if there is none."""
        ...


class Overlay(Protocol):
    """The pages in OBS."""

    @property
    def port(self) -> int:
        """Where they are served."""
        ...

    def url(self, page: OverlayPage) -> str:
        """What goes into OBS: a secret."""
        ...

    def connected(self) -> Mapping[OverlayPage, int]:
        """How many pages of each kind are open."""
        ...

    async def renew(self) -> None:
        """A new secret; pages with the old one go blank at once."""
        ...

    async def move(self, port: int) -> None:
        """Serves them at another port; `BadPort`, or `PortInUse` and it stays where it was."""
        ...


class Lists(Protocol):
    """What the pages beside the alerts show."""

    @property
    def settings(self) -> PageSettings:
        """The creator's choices; `ChoiceOutOfBounds` when they cannot be kept."""
        ...

    @settings.setter
    def settings(self, chosen: PageSettings) -> None: ...


class OwnAddresses(Protocol):
    """The lightning address that TipDesk itself answers for."""

    @property
    def now(self) -> OwnAddress | None:
        """None if there is none."""
        ...

    async def use(self, user: str, domain: str) -> OwnAddress:
        """Answers for it from now on; `RequestError` or `BackendError`: as before."""
        ...

    async def give_up(self) -> None:
        """Answers for none."""
        ...


class Watch(Protocol):
    """What the daily look at our address found."""

    @property
    def last(self) -> Looked | None:
        """None if it was not asked since the start."""
        ...

    async def look(self, *, aloud: bool = True) -> Looked:
        """Asks now; `aloud` says what is newly wrong to the person, where they are."""
        ...


class Goals(Protocol):
    """Zap goals."""

    def goals(self, creator: XOnlyPubkey) -> tuple[GoalView, ...]:
        """Somebody's goals that are known, the newest first."""
        ...

    async def refresh(self, creator: XOnlyPubkey) -> None:
        """Asks the relays for somebody's goals; `BackendError` if none answers."""
        ...

    async def publish(
        self,
        *,
        amount: Msat,
        description: str,
        closed_at: int | None = None,
        image: str = "",
        summary: str = "",
    ) -> Goal:
        """A goal of ours, open from now on; `BackendError` if no relay takes it."""
        ...


class Triggers(Protocol):
    """What tips set off outside TipDesk."""

    @property
    def rules(self) -> tuple[TriggerRule, ...]:
        """What is set off by which tips; `BadTrigger` when one cannot be kept."""
        ...

    @rules.setter
    def rules(self, chosen: tuple[TriggerRule, ...]) -> None: ...

    def jobs(self, limit: int = 50) -> tuple[TriggerJob, ...]:
        """What was set off lately, newest first."""
        ...

    async def secret(self) -> str:
        """What webhooks are signed with, in hexadecimal."""
        ...

    async def renew_secret(self) -> None:
        """A new one; the server must be told."""
        ...


class Desk(Protocol):
    """The creator's desk."""

    @property
    def alerts(self) -> Alerts:
        """Alerts."""
        ...

    @property
    def overlay(self) -> Overlay:
        """The overlay's pages."""
        ...

    @property
    def lists(self) -> Lists:
        """What the pages beside the alerts show."""
        ...

    @property
    def watch(self) -> Watch:
        """Looks whether tips arrive."""
        ...

    @property
    def triggers(self) -> Triggers:
        """What tips set off."""
        ...

    @property
    def media(self) -> AlertMedia:
        """Pictures and sounds."""
        ...
