"""One's own public profile: what the relays have of it, edited field by field, and published."""

from collections.abc import Mapping
from enum import Enum

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.text import many_lines, one_line
from tipdesk.nostr.nip05 import read_identifier
from tipdesk.nostr.profile import shown_names, web_url
from tipdesk.services.events import ProfileChanged
from tipdesk.services.own_lists import NewestUnknown
from tipdesk.services.pasted import read_lightning_address
from tipdesk.services.publishing import ProfileLeftAlone
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.said import Said

MAX_ABOUT = 1_000
MAX_NAME = 80
MAX_TYPED = 2_000


class Field(Enum):
    """What can be edited; its name in the profile (NIP-01, NIP-24, LUD-16, NIP-05)."""

    NAME = "name"
    ABOUT = "about"
    PICTURE = "picture"
    WEBSITE = "website"
    LIGHTNING = "lud16"
    NIP05 = "nip05"


class Own(Enum):
    """How far one knows what the relays have."""

    ASKING = "asking"
    THERE = "there"
    AWAY = "away"
    """They could not say: nothing may be changed now."""
    UNREADABLE = "unreadable"
    """It is left alone."""


class OwnProfileViewModel(ViewModel):
    """What is written stays until it is published or dropped, also while the panel is closed.

    `begun` when all fields are to be shown anew, `told` when a change ended.
    """

    begun = Signal()
    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._fields: dict[str, str] = {}
        self._written: dict[Field, str] = {}
        self.state = Own.ASKING
        self.problem = ""
        """Why nothing can be changed."""
        self.is_saving = False
        self.said = Said("")
        self.listen(ProfileChanged, self._heard)

    @property
    def myself(self) -> ProfileView | None:
        """How others are shown us."""
        return self._app.status().myself

    @property
    def is_new(self) -> bool:
        """Whether there is no profile yet."""
        return self.state is Own.THERE and not self._fields

    @property
    def changes(self) -> dict[str, str]:
        """What is to be published: fields of the profile; an empty text takes one out."""
        changes: dict[str, str] = {}
        for field, text in self._written.items():
            if text != self._published(field):
                names = shown_names(self._fields) if field is Field.NAME else (field.value,)
                changes |= dict.fromkeys(names, text)
        return changes

    @property
    def can_save(self) -> bool:
        """Whether there is something new, and nothing wrong with it."""
        is_right = not any(self.problem_of(field) for field in self._written)
        return self.state is Own.THERE and not self.is_saving and is_right and bool(self.changes)

    def begin(self) -> None:
        """The panel opens: asks what there is, unless something is written already."""
        if not self.changes and not self.is_saving:
            self.look()

    def look(self) -> None:
        """Asks the relays."""
        self.state, self.problem, self.said = Own.ASKING, "", Said("")
        spawn(self._look(), self)
        self.changed.emit()

    def text(self, field: Field) -> str:
        """What stands in a field."""
        return self._written.get(field, self._published(field))

    def write(self, field: Field, text: str) -> None:
        """Somebody wrote in a field."""
        self._written[field] = text.strip()
        self.said = Said("")
        self.changed.emit()

    def drop_changes(self) -> None:
        """As the relays have it."""
        self._written.clear()
        self.said = Said("")
        self.begun.emit()
        self.changed.emit()

    def problem_of(self, field: Field) -> str:
        """What is wrong with what stands in a field; empty if nothing is."""
        text = self.text(field)
        return self._problem(field, text) if text else ""

    def hint_of(self, field: Field) -> str:
        """What is to be known of a field."""
        if field is Field.NAME:
            return self._name_hint()
        if field is Field.NIP05 and self.text(field) and not self.problem_of(field):
            myself = self.myself
            is_same = field not in self._written or self._written[field] == self._published(field)
            if is_same and myself is not None and myself.nip05:
                return t("Its domain confirms it.")
            return t("Others see it once its domain says that it is yours.")
        return ""

    def save(self) -> None:
        """Publishes what is new; everything else stays as other apps wrote it."""
        if self.can_save:
            self.is_saving = True
            self.said = Said(t("Telling your relays …"))
            spawn(self._save(self._to_publish()), self)
            self.changed.emit()

    def _heard(self, event: ProfileChanged) -> None:
        myself = self.myself
        if myself is not None and event.pubkey == myself.pubkey:
            self.touch()

    def _published(self, field: Field) -> str:
        if field is Field.NAME:
            return self._clean(shown_names(self._fields)[0])
        if field is Field.ABOUT:
            return many_lines(self._fields.get(field.value, ""), maximum=10 * MAX_ABOUT)
        return self._clean(field.value)

    def _clean(self, name: str) -> str:
        return one_line(self._fields.get(name, ""), maximum=MAX_TYPED)

    def _name_hint(self) -> str:
        shown, short = shown_names(self._fields), self._clean("name")
        if short and "name" not in shown:
            return t("Apps that show short names still say “{short}”.", short=short[:MAX_NAME])
        if not self.text(Field.NAME) and self.state is Own.THERE:
            return t("Without a name, others see the beginning of your npub.")
        return ""

    def _problem(self, field: Field, text: str) -> str:
        status = self._app.status()
        match field:
            case Field.NAME if field in self._written and len(text) > MAX_NAME:
                return t("At most {most} letters.", most=MAX_NAME)
            case Field.ABOUT if field in self._written and len(text) > MAX_ABOUT:
                return t("{count} of at most {most} letters.", count=len(text), most=MAX_ABOUT)
            case Field.PICTURE | Field.WEBSITE if not web_url(text):
                return t("This is no web address: it begins with https://.")
            case Field.LIGHTNING:
                try:
                    read_lightning_address(text, status.network)
                except DecodeError as error:
                    return _as_sentence(error)
            case Field.NIP05:
                try:
                    read_identifier(text, practice=status.network == "regtest")
                except DecodeError:
                    return t("This is no name under a domain: it looks like name@example.com.")
        return ""

    def _to_publish(self) -> dict[str, str]:
        """The changes, each in the one form that all apps understand."""
        changes, network = self.changes, self._app.status().network
        if found := changes.get(Field.LIGHTNING.value):
            changes[Field.LIGHTNING.value] = read_lightning_address(found, network)
        if found := changes.get(Field.NIP05.value):
            name = read_identifier(found, practice=network == "regtest")
            changes[Field.NIP05.value] = f"{name.local}@{name.domain}"
        return changes

    async def _look(self) -> None:
        try:
            self._fields = await self._app.publishing.own_fields()
        except ProfileLeftAlone as error:
            self.state, self.problem = Own.UNREADABLE, words.line(sentence(error))
        except (BackendError, RequestError) as error:
            self.state, self.problem = (
                Own.AWAY,
                why_away(error, is_profile=True),
            )
        else:
            self.state = Own.THERE
        self.begun.emit()
        self.changed.emit()

    async def _save(self, changes: Mapping[str, str]) -> None:
        before = dict(self._written)
        try:
            await self._app.publishing.edit_profile(changes)
        except (BackendError, RequestError) as error:
            self.said = Said(words.line(sentence(error)), "bad")
        else:
            self._fields = {k: v for k, v in (self._fields | dict(changes)).items() if v}
            # What was written meanwhile is still to be published.
            self._written = {k: v for k, v in self._written.items() if before.get(k) != v}
            self.said = Said(t("Published. All else in your profile stays as it was."), "good")
            self.begun.emit()
        finally:
            self.is_saving = False
        self.told.emit(self.said.text)
        self.changed.emit()


def why_away(error: BackendError | RequestError, *, is_profile: bool) -> str:
    """Why nothing can be changed now, where relays did not say what is there."""
    if not isinstance(error, NewestUnknown):
        return words.line(sentence(error))
    return t(
        "{answered} of {asked} relays answered, so it is not certain what your profile is now. "
        "So that nothing is lost, nothing can be changed until they answer."
        if is_profile
        else "{answered} of {asked} relays answered, so it is not certain what your list says "
        "now. So that nothing is lost, nothing can be changed until they answer.",
        answered=error.answered,
        asked=error.asked,
    )


def _as_sentence(error: DecodeError) -> str:
    return words.line(sentence(error))
