"""Somebody, looked at: who they are, whether we follow them, and what became of a change."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.services.events import FollowsPublished, ProfileChanged, ProfileSought
from tipdesk.services.follows import FollowOutcome
from tipdesk.services.people import Sought
from tipdesk.services.tip_amounts import Amounts
from tipdesk.services.tip_plan import TipIntent
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.linked import Linked
from tipdesk.ui.viewmodels.people_links import read_links
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.viewmodels.tip_draft import TipDraft

_UNSET = Msat(1_000)
"""Stands in an intent until the draft knows the amount."""
_MAX_SAID = 200
_ABOUT = 1_000
_SEARCHES = {
    Sought.FOUND: "",
    Sought.ASKING: Phrase("Looking for their profile …"),
    Sought.NOWHERE: Phrase("None of your relays knows a profile of theirs"),
    Sought.UNANSWERED: Phrase("No relay could be asked for their profile"),
}


class PersonViewModel(ViewModel):
    """The panel of one person. `told` when a change ended of somebody who is not shown any more."""

    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._pubkey: XOnlyPubkey | None = None
        self._busy: set[XOnlyPubkey] = set()
        self._said: dict[XOnlyPubkey, Said] = {}
        self.draft = TipDraft(app, self)
        for event in (ProfileChanged, ProfileSought, FollowsPublished):
            self.listen(event, self.touch)

    @property
    def pubkey(self) -> XOnlyPubkey | None:
        """Whom it is about; None while nobody is shown."""
        return self._pubkey

    @property
    def profile(self) -> ProfileView | None:
        """Who they are, as far as known."""
        return None if self._pubkey is None else self._app.feeds.profile(self._pubkey)

    @property
    def about(self) -> Linked:
        """What they say of themselves."""
        profile = self.profile
        said = "" if profile is None else profile.about[:_ABOUT]
        return read_links(words.prose(said), self._app.feeds)

    @property
    def is_myself(self) -> bool:
        """Whether it is this profile itself."""
        myself = self._app.status().myself
        return myself is not None and myself.pubkey == self._pubkey

    @property
    def follows(self) -> bool:
        """Whether we follow them."""
        return self._pubkey is not None and self._pubkey in self._app.feeds.follows()

    @property
    def amounts(self) -> Amounts:
        """What one press tips them."""
        own = self._app.amounts
        return own.usual if self._pubkey is None else own.of(self._pubkey)

    @property
    def has_own_amounts(self) -> bool:
        """Whether these are not the usual ones."""
        return self._pubkey is not None and self._app.amounts.has_own(self._pubkey)

    @property
    def search(self) -> str:
        """How far the search for their profile is; empty once there is one."""
        sought = Sought.FOUND if self._pubkey is None else self._app.people.sought(self._pubkey)
        return say(_SEARCHES[sought])

    @property
    def is_busy(self) -> bool:
        """Whether a change of theirs is on its way to the public list."""
        return self._pubkey in self._busy

    @property
    def said(self) -> Said:
        """What became of the latest change; of one that waits since an earlier run, that."""
        if self._pubkey is None:
            return Said("")
        said = self._said.get(self._pubkey)
        waits = self._pubkey in self._app.follows.pending()
        if said is not None and (said.tone != "bad" or waits):
            return said
        if not waits:
            return Said("")
        why = (
            t("You follow them so far on this computer only; it is tried again.")
            if self.follows
            else t(
                "You do not follow them any more so far on this computer only; it is tried again."
            )
        )
        return Said(why, "bad")

    def look_at(self, pubkey: XOnlyPubkey) -> None:
        """Shows somebody."""
        self._pubkey = pubkey
        self.draft.clear()
        if self._app.people.sought(pubkey) is not Sought.FOUND:
            self._app.people.ask_about(pubkey)
        self.changed.emit()

    def leave(self) -> None:
        """Nobody is shown any more."""
        self._pubkey = None
        self.draft.clear()

    def begin_tip(self) -> None:
        """A tip for the person, not for a post of theirs."""
        if self._pubkey is not None:
            self.draft.begin(TipIntent(self._pubkey, None, _UNSET))

    def set_amounts(self, amounts: Sequence[Sat] | None) -> str:
        """What one press tips them; None for the usual. A sentence if that cannot be."""
        if self._pubkey is None:
            return ""
        try:
            if amounts is None:
                self._app.amounts.forget_own(self._pubkey)
            else:
                self._app.amounts.set_own(self._pubkey, amounts)
        except RequestError as error:
            return sentence(error)
        return ""

    def set_follows(self, *, wanted: bool) -> None:
        """Follows them, or not any more: here at once, in public as soon as that is safe."""
        if self._pubkey is not None and self._pubkey not in self._busy:
            self._busy.add(self._pubkey)
            self._keep(self._pubkey, Said(t("It counts here at once; the relays are being told …")))
            spawn(self._change(self._pubkey, wanted=wanted), self)
            self._tell_all()
            # Whether we follow them is another thing only once that has begun.
            self.touch()

    def close(self) -> None:
        """Hears nothing more."""
        self.draft.close()
        super().close()

    async def _change(self, pubkey: XOnlyPubkey, *, wanted: bool) -> None:
        name = words.name(self._app.feeds.profile(pubkey).title)
        follows = self._app.follows
        doing = follows.follow(pubkey) if wanted else follows.unfollow(pubkey)
        try:
            said = _said(name, await doing, wanted=wanted)
        except (RequestError, BackendError) as error:
            said = Said(sentence(error), "bad")
        finally:
            self._busy.discard(pubkey)
        self._keep(pubkey, said)
        if pubkey != self._pubkey:
            self.told.emit(f"{name}: {said.text}")
        self._tell_all()

    def _keep(self, pubkey: XOnlyPubkey, said: Said) -> None:
        self._said.pop(pubkey, None)
        self._said[pubkey] = said
        if len(self._said) > _MAX_SAID:
            del self._said[next(iter(self._said))]

    def _tell_all(self) -> None:
        self.changed.emit()


def _said(name: str, outcome: FollowOutcome, *, wanted: bool) -> Said:
    if wanted and not outcome.follows:
        return Said(
            t("You follow as many people as there is room for. Unfollow somebody first."), "bad"
        )
    if not outcome.published:
        return Said(say(outcome.problem), "bad")
    done = (
        t("You follow {name}, and your public list says so.", name=name)
        if wanted
        else t("You do not follow {name} any more, and your public list says so.", name=name)
    )
    return Said(done, "good")
