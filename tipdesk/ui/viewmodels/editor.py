"""What is being written: a draft that is kept as it is typed, and what became of a post of ours."""

import asyncio
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.feed import KIND_LONG_POST, KIND_PICTURE
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.ports.writing import LongPart, PostDraft, Posting
from tipdesk.services.composing import most_chars
from tipdesk.services.events import DraftsChanged, PostingChanged, ProfileChanged
from tipdesk.services.views import PostView, ProfileView
from tipdesk.services.writing import Progress
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.draft_words import draft_line, title_of, untipped
from tipdesk.ui.viewmodels.editor_pictures import EditorPictures
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
        self.pictures = EditorPictures(app, lambda: self.draft, self._change, self)
        # A picture's file that no draft names would go at the next start.
        self.pictures.placed.connect(self.keep)
        self._aside, self._aside_title = LongPart(), ""
        self._uploading: asyncio.Task[None] | None = None
        self._is_shown = self._is_stopped = False
        self._is_kept = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self.keep)
        self.pictures.changed.connect(self.touch)
        self.listen(DraftsChanged, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.listen(PostingChanged, self._posting_changed)

    @property
    def title(self) -> str:
        """What is written, or what became of it."""
        if self.posting is not None:
            return t("Where your post is")
        return title_of(self.draft, self._app.feeds)

    @property
    def long(self) -> LongPart | None:
        """What a long post has besides its text."""
        return None if self.draft is None else self.draft.long

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture post (NIP-68)."""
        return self.draft is not None and self.draft.kind == KIND_PICTURE

    @property
    def is_edit(self) -> bool:
        """Whether it replaces what is published."""
        return self.long is not None and bool(self.long.identifier)

    @property
    def may_be_either(self) -> bool:
        """Whether it can still become another kind of post."""
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
        if self.is_picture and not self.pictures.shown:
            is_ready = False
        return is_ready and not self.is_publishing

    @property
    def can_cancel(self) -> bool:
        """Whether pictures are on their way, and nothing is published yet."""
        return self._uploading is not None

    @property
    def fate(self) -> Said:
        """What became of what was published."""
        return Said("") if self.posting is None else fate(self.posting)

    def draft_words(self, draft: PostDraft) -> str:
        """A draft in one line, with when it was changed."""
        return draft_line(draft, self._app.feeds, self._app.clock.now())

    def preview(self) -> PostView | None:
        """The post as the feed would show it."""
        post = None if self.draft is None else self._writing.preview(self.draft)
        return None if post is None else untipped(post, self._app.feeds)

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
        if self.is_publishing:
            return
        self._is_shown = True
        self.keep()
        self.draft, self.posting = None, self._writing.posting(event_id)
        self.opened.emit()
        self.touch()

    def write(self, text: str) -> None:
        """What is typed is kept a moment later."""
        if self.draft is not None and text != self.draft.text:
            self._change(replace(self.draft, text=text))

    def be(self, kind: int) -> None:
        """A note, a picture post or a long post; text and pictures stay."""
        if self.draft is None or not self.may_be_either or kind == self.draft.kind:
            return
        # A press on the wrong kind loses no title.
        if self.long is not None:
            self._aside = self.long
        elif self.is_picture:
            self._aside_title = self.draft.title
        long = self._aside if kind == KIND_LONG_POST else None
        title = self._aside_title if kind == KIND_PICTURE else ""
        self._change(replace(self.draft, kind=kind, long=long, title=title))

    def name(self, title: str) -> None:
        """What a picture post is called."""
        if self.draft is not None and self.is_picture and title != self.draft.title:
            self._change(replace(self.draft, title=title))

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
        elif self.can_cancel:
            self.told.emit(t("Your pictures are still on their way. The post follows them."))
        self.posting = None
        self._is_shown = False

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
            self.is_publishing, self._is_stopped = True, False
            self.said = Said(t("Signing …"))
            self.touch()
            task = spawn(self._publish(), self)
            if self.draft is not None and not all(one.url for one in self.draft.pictures):
                self._uploading = task

    def cancel(self) -> None:
        """Stops uploading; the draft stays, with what is up already."""
        if self._uploading is not None:
            self._is_stopped = True
            self._uploading.cancel()

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
            self.draft = await self._writing.upload(draft, self._uploading_on)
            self._uploading = None
            self.posting = await self._writing.publish(self.draft)
        except (RequestError, BackendError) as error:
            self._end_publishing(Said(sentence(error), "bad"))
        except asyncio.CancelledError:
            if self._is_stopped:  # Otherwise the window goes, and nobody is there to be told.
                kept = t("Stopped. Nothing was published, and your draft is kept.")
                self._end_publishing(Said(kept))
            raise
        else:
            self.draft = None
            self._end_publishing(Said(""))

    def _uploading_on(self, progress: Progress) -> None:
        self.said = Said(
            t(
                "Uploading picture {number} of {count}: {percent} %",
                number=progress.number,
                count=progress.count,
                percent=progress.percent,
            ),
            "busy",
        )
        self.touch()

    def _end_publishing(self, said: Said) -> None:
        self.is_publishing, self._uploading, self.said = False, None, said
        if self.draft is not None:
            # What went up already is in the draft that was kept.
            kept = (one for one in self._writing.drafts() if self.draft.id == one.id)
            self.draft = next(kept, self.draft)
        if not self._is_shown:
            if said.text:
                self.told.emit(said.text)
            self.draft = self.posting = None
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
        self._is_shown = True
        if self.is_publishing:
            return  # One at a time: the editor shows what is on its way.
        self.keep()
        self.pictures.clear_said()
        self.draft, self.posting, self.said, self._is_kept = draft, None, Said(""), True
        self._aside, self._aside_title = LongPart(), ""
        self.opened.emit()
        self.touch()

    def _change(self, draft: PostDraft) -> None:
        if self.is_publishing:
            return
        self.draft, self._is_kept, self.said = draft, False, Said("")
        self._timer.start()
        self.touch()

    def _posting_changed(self, changed: PostingChanged) -> None:
        if self.posting is not None and self.posting.event.id == changed.event_id:
            self.posting = self._writing.posting(changed.event_id)
            self.touch()
