"""What is being written: a draft that is kept as it is typed, and what became of a post of ours."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.feed import KIND_LONG_POST, KIND_NOTE
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.ports.writing import LongPart, PostDraft, Posting
from tipdesk.services.composing import most_chars
from tipdesk.services.events import DraftsChanged, PostingChanged, ProfileChanged
from tipdesk.services.views import PostView, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.posting_words import fate
from tipdesk.ui.viewmodels.said import Said

KEEP_MS: Final = 400
MAX_MENTIONED: Final = 4
_ROOM_SHOWN: Final = 500


class EditorViewModel(ViewModel):
    """`told` with what is to be said elsewhere; `opened` when another draft is to be shown."""

    told = Signal(str)
    opened = Signal()
    wanted = Signal()
    """The editor is to be shown."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._writing = app.writing
        self.draft: PostDraft | None = None
        self.posting: Posting | None = None
        self.is_publishing = False
        self.said = Said("")
        self._aside = LongPart()
        self._is_kept = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self.keep)
        self.listen(DraftsChanged, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.listen(PostingChanged, self._posting_changed)

    @property
    def title(self) -> str:
        """What is written, or what became of it."""
        if self.posting is not None:
            return t("Where your post is")
        answered = None if self.draft is None else self.draft.answered
        if self.long is not None:
            return t("Change your post") if self.is_edit else t("Write a long post")
        if answered is None:
            return t("Write a note")
        return t("Reply to {name}", name=self._name(answered.author))

    @property
    def long(self) -> LongPart | None:
        """What a long post has besides its text."""
        return None if self.draft is None else self.draft.long

    @property
    def is_edit(self) -> bool:
        """Whether it replaces what is published."""
        return self.long is not None and bool(self.long.identifier)

    @property
    def may_be_either(self) -> bool:
        """Whether it can still become a note or a long post."""
        return self.draft is not None and self.draft.answered is None and not self.is_edit

    @property
    def drafts(self) -> tuple[PostDraft, ...]:
        """Drafts, save the one that is open."""
        now = "" if self.draft is None else self.draft.id
        return tuple(one for one in self._writing.drafts() if one.id != now)

    @property
    def relays(self) -> tuple[tuple[str, bool], ...]:
        """Where we publish, and whether this goes there."""
        without = () if self.draft is None else self.draft.without
        return tuple((url, url not in without) for url in self._writing.relays())

    @property
    def relays_words(self) -> str:
        """To how many relays it goes."""
        chosen = sum(goes for _, goes in self.relays)
        ours = tn(chosen, "To {count} relay", "To {count} relays")
        others = () if self.draft is None else self._writing.readers_relays(self.draft)
        if not others:
            return ours
        return t("{relays}, and {more} where those named read", relays=ours, more=len(others))

    @property
    def count_words(self) -> str:
        """How much room is left, once that matters."""
        count = 0 if self.draft is None else len(self.draft.text.strip())
        if self.draft is None or count < most_chars(self.draft) - _ROOM_SHOWN:
            return ""
        return t("{count} of {most} characters", count=count, most=most_chars(self.draft))

    @property
    def is_too_long(self) -> bool:
        """Whether others would see it cut off."""
        draft = self.draft
        return draft is not None and len(draft.text.strip()) > most_chars(draft)

    @property
    def can_publish(self) -> bool:
        """Whether it can go now."""
        draft = self.draft
        is_ready = draft is not None and not draft.is_empty and not self.is_too_long
        return is_ready and not self.is_publishing

    @property
    def fate(self) -> Said:
        """What became of what was published."""
        return Said("") if self.posting is None else fate(self.posting)

    def draft_words(self, draft: PostDraft) -> str:
        """A draft in one line, with when it was changed."""
        text = words.line((draft.long and draft.long.title) or draft.text)[:60]
        when = words.ago(draft.changed_at, self._app.clock.now())
        if draft.answered is not None:
            name = self._name(draft.answered.author)
            return t("To {name}: {text} ({when})", name=name, text=text, when=when)
        return t("{text} ({when})", text=text, when=when)

    def preview(self) -> PostView | None:
        """The post as the feed would show it."""
        post = None if self.draft is None else self._writing.preview(self.draft)
        if post is None:
            return None
        nothing = Msat(0)
        return PostView(
            post=post,
            author=self._app.feeds.profile(post.author),
            tips_total=nothing,
            tips_count=0,
            tips_proven=nothing,
            tips_unverified=0,
            my_tip=None,
        )

    def people(self, begun: str) -> tuple[ProfileView, ...]:
        """Those we follow whose name fits what was begun after an @."""
        wanted = begun.casefold()
        people = (self._app.feeds.profile(XOnlyPubkey(key)) for key in self._app.feeds.follows())
        fitting = [one for one in people if wanted in one.title.casefold()]
        fitting.sort(key=lambda one: (not one.title.casefold().startswith(wanted), one.title))
        return tuple(fitting[:MAX_MENTIONED])

    def link_to(self, person: ProfileView) -> str:
        """What stands in the text for somebody (NIP-27)."""
        return f"nostr:{encode_npub(person.pubkey)}"

    def begin(self) -> None:
        """Something new; what was open stays a draft."""
        self._open(self._writing.new_draft())

    def begin_answer(self, view: PostView) -> bool:
        """A reply, or the draft of one; whether it can stand anywhere."""
        try:
            self._open(self._writing.new_answer(view.post.id))
        except RequestError as error:
            self.told.emit(sentence(error))
            return False
        return True

    def open_draft(self, draft: PostDraft) -> None:
        """Goes on with a draft."""
        self._open(draft)

    def edit(self, view: PostView) -> None:
        """Changes a long post of ours; `opened` once its latest version is known."""
        self.told.emit(t("Asking for the latest version …"))
        spawn(self._edit(view.post.id), self)

    def show_posting(self, event_id: EventId) -> None:
        """What became of a post of ours."""
        self.keep()
        self.draft, self.posting = None, self._writing.posting(event_id)
        self.opened.emit()
        self.touch()

    def write(self, text: str) -> None:
        """What is typed is kept a moment later."""
        if self.draft is not None and text != self.draft.text:
            self._change(replace(self.draft, text=text))

    def be_long(self, *, is_long: bool) -> None:
        """A long post or a note; the text stays."""
        if self.draft is not None and self.may_be_either and is_long != (self.long is not None):
            kind = KIND_LONG_POST if is_long else KIND_NOTE
            # A press on the wrong kind loses no title.
            before, self._aside = self._aside, self.long or LongPart()
            self._change(replace(self.draft, kind=kind, long=before if is_long else None))

    def describe(self, *, title: str, summary: str, picture: str) -> None:
        """What a long post shows in a list."""
        if self.draft is not None and self.long is not None:
            long = replace(self.long, title=title, summary=summary, picture=picture)
            if long != self.long:
                self._change(replace(self.draft, long=long))

    def cover(self, reason: str | None) -> None:
        """Asks readers' apps to cover it; None: not."""
        if self.draft is not None and reason != self.draft.warning:
            self._change(replace(self.draft, warning=reason))

    def use_relay(self, url: str, *, goes: bool) -> None:
        """Whether it is sent there."""
        if self.draft is not None:
            without = tuple(one for one in self.draft.without if one != url)
            self._change(replace(self.draft, without=without if goes else (*without, url)))

    def keep(self) -> None:
        """Keeps what was typed; a draft without words is none."""
        self._timer.stop()
        draft = self.draft
        if draft is None or self._is_kept or self.is_publishing:
            return
        self._is_kept = True
        if draft.is_empty:
            self._writing.discard(draft.id)
            return
        try:
            self.draft = self._writing.keep(draft)
        except RequestError as error:
            self.said = Said(sentence(error), "bad")
            self.touch()

    def leave(self) -> None:
        """The editor is closed; the draft stays."""
        self.keep()
        if self.draft is not None and not self.draft.is_empty and not self.is_publishing:
            self.told.emit(
                t("Your draft is kept on this computer. Ctrl+N, then Drafts, opens it again.")
            )
        if not self.is_publishing:
            self.draft = None
        self.posting = None

    def drop(self) -> None:
        """Deletes the draft that is open."""
        if self.draft is not None:
            self._timer.stop()
            self._writing.discard(self.draft.id)
            self.draft = None
            self.begin()

    def publish(self) -> None:
        """Signs it and begins to send it."""
        if self.can_publish:
            self.keep()
            self.is_publishing = True
            self.said = Said(t("Signing …"))
            self.touch()
            spawn(self._publish(), self)

    def send_again(self) -> None:
        """The same event, to the relays that did not take it."""
        if self.posting is not None:
            self._writing.send_again(self.posting.event.id)

    def delete(self, view: PostView) -> None:
        """Asks relays to delete a post of ours."""
        spawn(self._delete(view.post.id), self)

    def is_ours(self, view: PostView) -> bool:
        """Whether we wrote it."""
        return view.author.pubkey == self._writing.pubkey

    def was_written_here(self, view: PostView) -> bool:
        """Whether it is known which relays took it."""
        return self._writing.posting(view.post.id) is not None

    def close(self) -> None:
        """Keeps what was typed before the window goes."""
        self.keep()
        super().close()

    async def _publish(self) -> None:
        draft = self.draft
        if draft is None:
            return
        try:
            self.posting = await self._writing.publish(draft)
        except (RequestError, BackendError) as error:
            self.said = Said(sentence(error), "bad")
        else:
            self.draft, self.said = None, Said("")
        finally:
            self.is_publishing = False
            self.touch()

    async def _edit(self, event_id: EventId) -> None:
        try:
            self._open(await self._writing.edit(event_id))
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))
        else:
            self.wanted.emit()

    async def _delete(self, event_id: EventId) -> None:
        try:
            await self._writing.delete(event_id)
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))
        else:
            self.told.emit(
                t("Your post is gone here, and your relays are asked to delete it. They may not.")
            )

    def _open(self, draft: PostDraft) -> None:
        self.keep()
        self.draft, self.posting, self.said, self._is_kept = draft, None, Said(""), True
        self._aside = LongPart()
        self.opened.emit()
        self.touch()

    def _change(self, draft: PostDraft) -> None:
        self.draft, self._is_kept, self.said = draft, False, Said("")
        self._timer.start()
        self.touch()

    def _posting_changed(self, changed: PostingChanged) -> None:
        if self.posting is not None and self.posting.event.id == changed.event_id:
            self.posting = self._writing.posting(changed.event_id)
            self.touch()

    def _name(self, pubkey: XOnlyPubkey) -> str:
        return words.name(self._app.feeds.profile(pubkey).title)
