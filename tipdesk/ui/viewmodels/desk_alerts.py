"""Alerts: what is on air and what waits, the creator's rules, and the pages in OBS."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.ports.desk import PICTURES, SOUNDS, OverlayPage
from tipdesk.services.events import AlertsChanged, IncomingTipSeen
from tipdesk.tips.alert import Alert, AlertRule, AlertSettings, PartKind
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.creator import sender_name
from tipdesk.ui.viewmodels.facade import AppFacade

SHOWN_LINES = 12
HIDDEN_TOKEN = "\u2022" * 8
_TOKEN_CHARS = 24
VARIANTS = {
    OverlayPage.ALERTS: (
        Phrase("Alerts"),
        Phrase("Each tip as it lands, with picture, sound and words."),
    ),
    OverlayPage.GOAL: (Phrase("Goal"), Phrase("What you collect for, as a bar that fills.")),
    OverlayPage.TOP: (Phrase("Top tippers"), Phrase("Who gave the most lately.")),
    OverlayPage.LAST: (Phrase("Last tips"), Phrase("The latest tips, one under the other.")),
}
"""What each page is called and for."""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert that is on air, waits, is held, or was missed."""

    place: str
    """``On air``, ``Next``, ``Held`` or ``Missed``."""
    tone: str
    title: str
    detail: str
    is_claimed: bool = False
    """Nobody signed the name in it."""
    is_held: bool = False
    """It waits until it is let pass."""
    number: int | None = None
    payment_hash: PaymentHash | None = None


class AlertsViewModel(ViewModel):
    """The panel of alerts. `problem` says why the last wish was refused."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._alerts = app.desk.alerts
        self.problem = ""
        self.lines: tuple[AlertLine, ...] = ()
        self.more = 0
        self.listen(AlertsChanged, self.touch)
        self.listen(IncomingTipSeen, self.touch)
        self.refresh()

    @property
    def settings(self) -> AlertSettings:
        """What the creator chose."""
        return self._alerts.settings

    @property
    def is_on_air(self) -> bool:
        """Whether something is shown now."""
        return self._alerts.state.showing is not None

    @property
    def speaker(self) -> str | None:
        """The command that reads aloud; None where the system has none."""
        return self._alerts.can_speak

    def pictures(self) -> tuple[str, ...]:
        """Files that a rule may show."""
        return tuple(n for n in self._app.desk.media.names() if n.endswith(tuple(PICTURES)))

    def sounds(self) -> tuple[str, ...]:
        """Files that a rule may play."""
        return tuple(n for n in self._app.desk.media.names() if n.endswith(tuple(SOUNDS)))

    def add_file(self, path: str, then: Callable[[str], None]) -> None:
        """Copies a file for alerts; `then` hears its name."""
        spawn(self._add_file(path, then), self)

    def choose(self, chosen: AlertSettings) -> bool:
        """Keeps other settings; False with a `problem` if they cannot be."""
        return self._try(lambda: self._set(chosen))

    def new_rule(self) -> AlertRule:
        """A rule above those there are, to begin with."""
        highest = max((rule.min_amount for rule in self.settings.rules), default=Msat(100))
        return AlertRule(min_amount=Msat(highest.value * 10))

    def put_rule(self, old: AlertRule | None, new: AlertRule) -> bool:
        """Adds a rule, or has it instead of another."""
        others = tuple(rule for rule in self.settings.rules if rule != old)
        if any(rule.min_amount == new.min_amount for rule in others):
            self.problem = t("There is a rule for that amount. Choose another one.")
            self.changed.emit()
            return False
        rules = tuple(sorted((*others, new), key=lambda rule: rule.min_amount))
        return self.choose(replace(self.settings, rules=rules))

    def remove_rule(self, old: AlertRule) -> bool:
        """Takes a rule away."""
        rules = tuple(rule for rule in self.settings.rules if rule != old)
        return self.choose(replace(self.settings, rules=rules))

    def trial(self, amount: Msat) -> None:
        """Shows a test on every open page."""
        self._alerts.trial(amount)

    def let_pass(self, number: int) -> None:
        """Lets a held alert through."""
        self._alerts.let_pass(number)

    def skip(self, number: int) -> None:
        """It is not to be seen (any longer)."""
        self._alerts.skip(number)

    def hide(self) -> None:
        """Whatever is on air goes, now."""
        self._alerts.hide()

    def replay(self, payment_hash: PaymentHash) -> None:
        """Shows a tip after all, or again."""
        self._try(lambda: self._alerts.replay(payment_hash))

    def refresh(self) -> None:
        """Reads the queue anew."""
        state = self._alerts.state
        lines = [] if state.showing is None else [_line(state.showing.alert, t("On air"), "good")]
        lines += [replace(_line(alert, t("Held"), "accent"), is_held=True) for alert in state.held]
        lines += [_line(alert, t("Next"), "busy") for alert in state.queue]
        for missed in self._alerts.missed(SHOWN_LINES):
            who, tip = sender_name(missed.tip), missed.tip
            lines.append(
                AlertLine(
                    place=t("Missed"),
                    tone="calm",
                    title=t("{name} tipped {amount}", name=who, amount=tip.amount),
                    detail=say(missed.fate.value),
                    is_claimed=tip.sender is None,
                    payment_hash=tip.payment_hash,
                )
            )
        self.lines = tuple(lines[:SHOWN_LINES])
        self.more = len(lines) - len(self.lines)

    def _set(self, chosen: AlertSettings) -> None:
        self._alerts.settings = chosen

    def _try(self, wish: Callable[[], None]) -> bool:
        try:
            wish()
        except RequestError as error:
            self.problem = sentence(error)
        else:
            self.problem = ""
        self.touch()
        return not self.problem

    async def _add_file(self, path: str, then: Callable[[str], None]) -> None:
        try:
            then(await self._app.desk.media.add(path))
        except RequestError as error:
            self.problem = sentence(error)
            self.changed.emit()


class OverlayViewModel(ViewModel):
    """The addresses for OBS, hidden until asked for, and which pages are open."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._overlay = app.desk.overlay
        self.is_renewing = False
        self.listen(AlertsChanged, self.touch)

    @property
    def is_connected(self) -> bool:
        """Whether any page is open."""
        return any(self._overlay.connected().values())

    def open_pages(self, page: OverlayPage) -> int:
        """How many pages of that kind are open."""
        return self._overlay.connected().get(page, 0)

    def url(self, page: OverlayPage) -> str:
        """The address with its secret."""
        return self._overlay.url(page)

    def hidden_url(self, page: OverlayPage) -> str:
        """The address as it may be seen on a stream."""
        parts = self._overlay.url(page).split("/")
        return "/".join(HIDDEN_TOKEN if len(part) > _TOKEN_CHARS else part for part in parts)

    def renew(self) -> None:
        """A new secret for all pages."""
        if not self.is_renewing:
            self.is_renewing = True
            spawn(self._renew(), self)

    async def _renew(self) -> None:
        try:
            await self._overlay.renew()
        finally:
            self.is_renewing = False
            self.touch()


def _line(alert: Alert, place: str, tone: str) -> AlertLine:
    said = f"“{words.line(alert.comment)}”" if alert.comment else ""
    test = t("A test: no money stands behind it.") if alert.is_test else ""
    return AlertLine(
        place=place,
        tone=tone,
        title=words.line("".join(part.text for part in alert.headline)),
        detail=test or said or t("No comment"),
        is_claimed=any(part.kind is PartKind.CLAIMED_NAME for part in alert.headline),
        number=alert.number,
        payment_hash=alert.payment_hash,
    )
