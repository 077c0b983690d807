"""The pictures of the draft that is open: added, described, put in order, taken out."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.nostr.nip92 import MAX_ALT
from tipdesk.ports.pictures import Attachment, StrippedPicture
from tipdesk.ports.writing import PostDraft
from tipdesk.services.composing import most_pictures
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.viewmodels.stripping import strip_file, strip_image

Given = Path | QImage
"""A file that was chosen or dropped, or a picture from the clipboard."""


class EditorPictures(ViewModel):
    """`draft` gives the open one, `change` takes what it becomes.

    `placed` when pictures came, went or moved.
    """

    placed = Signal()

    def __init__(
        self,
        app: AppFacade,
        draft: Callable[[], PostDraft | None],
        change: Callable[[PostDraft], None],
        parent: QObject,
    ) -> None:
        super().__init__(app.bus, parent)
        self._pictures = app.writing.pictures
        self._draft = draft
        self._change = change
        self._waiting = 0
        self.said = Said("")

    @property
    def shown(self) -> tuple[Attachment, ...]:
        """In their order."""
        draft = self._draft()
        return () if draft is None else draft.pictures

    @property
    def room(self) -> int:
        """How many more there can be."""
        draft = self._draft()
        return 0 if draft is None else most_pictures(draft) - len(draft.pictures) - self._waiting

    @property
    def words(self) -> Said:
        """What is to be said below them."""
        if self._waiting:
            return Said(
                tn(self._waiting, "Preparing {count} picture …", "Preparing {count} pictures …"),
                "busy",
            )
        if self.said.text:
            return self.said
        missing = sum(not one.alt.strip() for one in self.shown)
        if not missing:
            return Said("")
        return Said(
            tn(
                missing,
                "{count} picture says nothing to people who cannot see it. A few words help.",
                "{count} pictures say nothing to people who cannot see them. A few words help.",
            )
        )

    @property
    def server(self) -> str:
        """The address of the media server; empty: none is chosen."""
        return self._pictures.server

    @property
    def server_words(self) -> str:
        """Where pictures go, and what that means."""
        return media_words(self.server)

    def add(self, given: Iterable[Given]) -> None:
        """Adds pictures, as many as there is room for; they are prepared beside the loop."""
        draft = self._draft()
        wanted = list(given)
        if draft is None or not wanted:
            return
        taken = wanted[: max(0, self.room)]
        self.said = Said("")
        if len(taken) < len(wanted):
            self.said = Said(
                tn(
                    most_pictures(draft),
                    "Such a post has {count} picture at most. Not all were added.",
                    "Such a post has {count} pictures at most. Not all were added.",
                ),
                "bad",
            )
        if taken:
            self._waiting += len(taken)
            spawn(self._add(draft.id, taken), self)
        self.touch()

    def remove(self, place: int) -> None:
        """Takes one out."""
        self._put((*self.shown[:place], *self.shown[place + 1 :]))

    def move(self, place: int, by: int) -> None:
        """Puts one before or after its neighbour."""
        order = list(self.shown)
        if 0 <= place < len(order) and 0 <= place + by < len(order):
            order.insert(place + by, order.pop(place))
            self._put(tuple(order))

    def describe(self, place: int, alt: str) -> None:
        """What one shows."""
        if place < len(self.shown) and alt != self.shown[place].alt:
            changed = replace(self.shown[place], alt=alt[:MAX_ALT])
            self._put((*self.shown[:place], changed, *self.shown[place + 1 :]), typed=True)

    def use_server(self, text: str) -> bool:
        """Another media server, none if empty; whether it was taken."""
        try:
            self._pictures.use_server(text)
        except RequestError as error:
            self.said = Said(sentence(error), "bad")
        else:
            self.said = Said("")
        self.touch()
        return not self.said.text

    def clear_said(self) -> None:
        """Another draft is open."""
        self.said = Said("")

    async def _add(self, draft_id: str, given: list[Given]) -> None:
        for one in given:
            try:
                picture = await self._pictures.take(await asyncio.to_thread(_stripped, one))
            except (RequestError, BackendError) as error:
                self.said = Said(sentence(error), "bad")
            else:
                self._take(draft_id, picture)
            finally:
                self._waiting -= 1
                self.touch()

    def _take(self, draft_id: str, picture: Attachment) -> None:
        draft = self._draft()
        if draft is None or draft.id != draft_id:
            return
        if picture.hash in {one.hash for one in draft.pictures}:
            self.said = Said(t("That picture is there already."))
        else:
            self._put((*draft.pictures, picture))

    def _put(self, pictures: tuple[Attachment, ...], *, typed: bool = False) -> None:
        draft = self._draft()
        if draft is not None and pictures != draft.pictures:
            self._change(replace(draft, pictures=pictures))
            if not typed:
                self.placed.emit()
            self.touch()


def media_words(server: str) -> str:
    """What it means to upload pictures to a media server, or to none."""
    if server:
        return t(
            "Pictures go to {host} when you publish, where everybody can see them. Place, time and "
            "camera are taken out before.",
            host=urlsplit(server).netloc,
        )
    return t(
        "Name a media server for your pictures. It learns your public key, and your network "
        "address unless a proxy keeps it. Everybody can see what it gets, and that is hard to take "
        "back."
    )


def _stripped(given: Given) -> StrippedPicture:
    return strip_image(given) if isinstance(given, QImage) else strip_file(given)
