"""A creator's desk: tips as they land, a search over all of them, and notes."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.desk import TipSearch
from tipdesk.services.events import IncomingTipSeen, ProfileChanged
from tipdesk.services.views import IncomingTip, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.activity import about_post
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows

_GLOW_MS = 3_000
EVERYTHING = TipSearch()


class CreatorViewModel(ViewModel):
    """Who tipped, when and for what. `landed` for each new tip, once."""

    landed = Signal(object)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._wanted = EVERYTHING
        self.rows: Rows[IncomingTip] = Rows(lambda tip: tip.payment_hash, spoken, self)
        self.rows.wants_more.connect(self.refresh)
        self._count = app.creator.count()
        self._fresh: dict[PaymentHash, Instant] = {}
        self.listen(IncomingTipSeen, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.refresh()

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    @property
    def myself(self) -> ProfileView | None:
        """Who is tipped here."""
        return self._app.status().myself

    @property
    def total_today(self) -> Msat:
        """Since midnight."""
        return self._app.creator.total_today(self.now)

    @property
    def total_all(self) -> Msat:
        """Since the beginning."""
        return self._app.creator.total_all()

    @property
    def count_today(self) -> int:
        """How many came since midnight."""
        return self._app.creator.count_today(self.now)

    @property
    def count(self) -> int:
        """How many ever came."""
        return self._app.creator.count()

    @property
    def largest(self) -> IncomingTip | None:
        """The largest of all."""
        return self._app.creator.largest()

    @property
    def wanted(self) -> TipSearch:
        """Which tips are listed."""
        return self._wanted

    @property
    def is_searching(self) -> bool:
        """Whether some tips may be left out of the list."""
        return self._wanted != EVERYTHING

    @property
    def has_fresh(self) -> bool:
        """Whether a tip landed this moment."""
        return any(self.now.since(landed) < _GLOW_MS for landed in self._fresh.values())

    def glow(self, payment_hash: PaymentHash) -> float:
        """How much a tip stands out because it is new: 1 when it landed, soon 0."""
        landed = self._fresh.get(payment_hash)
        passed = _GLOW_MS if landed is None else self.now.since(landed)
        return max(0.0, 1 - passed / _GLOW_MS)

    def about(self, event_id: EventId | None) -> str:
        """The post of a tip in a few words."""
        return about_post(self._app, event_id)

    def search(self, wanted: TipSearch) -> None:
        """Lists the tips that keep every condition."""
        self._wanted = wanted
        self.refresh()
        self.changed.emit()

    def note(self, payment_hash: PaymentHash, text: str) -> str:
        """Keeps the creator's own words; why not, or nothing if all is well."""
        try:
            self._app.creator.note(payment_hash, text)
        except RequestError as error:
            return sentence(error)
        self.touch()
        return ""

    def refresh(self) -> None:
        """Reads the tips anew and tells which are new."""
        creator, limit = self._app.creator, self.rows.limit
        if self.is_searching:
            self.rows.replace(creator.search(self._wanted, limit))
        else:
            self.rows.replace(creator.incoming(limit))
        new, self._count = self.count - self._count, self.count
        if new <= 0:
            return
        if not self.has_fresh:
            self._fresh.clear()
        for tip in reversed(creator.incoming(new)):
            self._fresh[tip.payment_hash] = self.now
            self.landed.emit(tip)


def sender_name(tip: IncomingTip) -> str:
    """Who tipped: who signed for it, what they claim to be called, or ``Somebody``."""
    name = tip.claimed_name if tip.sender is None else tip.sender.title
    return words.name(name) or t("Somebody")


def proven_sender(tip: IncomingTip) -> ProfileView | None:
    """Who certainly tipped: by their signature, or by a private message that names the payment."""
    if tip.sender is not None:
        return tip.sender
    return None if tip.in_private is None else tip.in_private.sender


def sender_proof(tip: IncomingTip) -> str:
    """What stands behind the name of who tipped."""
    if tip.sender is None and tip.in_private is not None:
        return t("They said so in a private message, which is signed. Only you see who it was.")
    if tip.sender is not None:
        if tip.sender.nip05:
            return t(
                "Signed by {nip05}, which its domain confirms.", nip05=words.line(tip.sender.nip05)
            )
        return t("Signed with the key {npub}.", npub=tip.sender.npub)
    if tip.claimed_name:
        return t("The payer wrote this name. Nobody signed it, so it may be anybody's.")
    return t("The payer did not say who they are.")


def spoken(tip: IncomingTip) -> str:
    """A tip as sentences for screen readers."""
    is_claimed = tip.sender is None and tip.claimed_name
    said = (
        t("{amount} from {name}, by their own word.", amount=tip.amount, name=sender_name(tip))
        if is_claimed
        else t("{amount} from {name}.", amount=tip.amount, name=sender_name(tip))
    )
    note = t("Your note: {note}", note=words.line(tip.note)) if tip.note else ""
    return " ".join(filter(None, (said, words.line(tip.comment), private_words(tip), note)))


def private_words(tip: IncomingTip) -> str:
    """What came with it for the creator alone, and from whom; empty if nothing did."""
    if tip.in_private is None:
        return ""
    who = words.name(tip.in_private.sender.title)
    return t("In private from {who}: {text}", who=who, text=words.line(tip.in_private.text))
