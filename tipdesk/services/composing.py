"""What a draft becomes: the unsigned event of its kind, or the sentence why it cannot be one."""

from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.event import Event, Tags, UnsignedEvent
from tipdesk.nostr.feed import KIND_PICTURE, Image, Post, parse_post
from tipdesk.nostr.nip23 import long_tags, new_identifier
from tipdesk.nostr.nip92 import PublishedPicture, imeta_tag, picture_tags
from tipdesk.nostr.profile import web_url
from tipdesk.nostr.writing import merged, text_tags, written
from tipdesk.ports.pictures import Attachment
from tipdesk.ports.writing import LongPart, PostDraft
from tipdesk.services.writing_errors import (
    NotAPicture,
    NothingWritten,
    PictureMissing,
    TitleMissing,
    TooLong,
    TooManyPictures,
)

MAX_NOTE_CHARS: Final = 5_000
MAX_LONG_CHARS: Final = 100_000
MAX_PICTURES: Final = 10
_MAX_TITLE: Final = 200
_MAX_SUMMARY: Final = 500


def most_chars(draft: PostDraft) -> int:
    """So many characters are shown of such a post."""
    return MAX_NOTE_CHARS if draft.long is None else MAX_LONG_CHARS


def most_pictures(draft: PostDraft) -> int:
    """So many pictures such a post can have; a long post has its cover."""
    return MAX_PICTURES if draft.long is None else 1


class Composer:
    """Events of ours before they are signed."""

    def __init__(self, pubkey: XOnlyPubkey, clock: Clock) -> None:
        self._pubkey = pubkey
        self._clock = clock

    def check(self, draft: PostDraft) -> None:
        """Whether it can be published as it is, apart from where.

        Raises `NothingWritten`, `TooLong`, `TitleMissing`, `NotAPicture`, `PictureMissing` and
        `TooManyPictures`.
        """
        if draft.is_empty:
            raise NothingWritten
        count, most = len(draft.text.strip()), most_chars(draft)
        if count > most:
            raise TooLong(count, most)
        if draft.kind == KIND_PICTURE and not draft.pictures:
            raise PictureMissing
        if len(draft.pictures) > most_pictures(draft):
            raise TooManyPictures(most_pictures(draft))
        long = draft.long
        if long is not None and not (long.title.strip() and draft.text.strip()):
            raise TitleMissing
        if long is not None and long.picture.strip():
            picture = web_url(long.picture)
            if not picture.lower().startswith("https://"):
                raise NotAPicture

    def unsigned(self, draft: PostDraft) -> UnsignedEvent:
        """The event, with those of its pictures that were uploaded."""
        pictures = tuple(map(_published, filter(lambda one: one.url, draft.pictures)))
        content = written(draft.text)
        from_text = text_tags(content)
        place = () if draft.answered is None else draft.answered.tags
        if draft.long is not None:
            place = (*self._long_tags(draft, draft.long), *draft.long.kept)
        elif draft.kind == KIND_PICTURE:
            place = picture_tags(one_line(draft.title, maximum=_MAX_TITLE), pictures)
        else:
            place = (*place, *map(imeta_tag, pictures))
            content = "\n\n".join(filter(None, (content, "\n".join(p.url for p in pictures))))
        cover: Tags = () if draft.warning is None else (("content-warning", draft.warning.strip()),)
        after = 0 if draft.long is None else draft.long.after
        return self.event(draft.kind, merged(place, from_text, cover), content, after=after)

    def preview(self, draft: PostDraft) -> Post | None:
        """The post that others would see, its pictures as they are on this machine."""
        images = tuple(Image(p.local_url, p.alt, p.width, p.height) for p in draft.pictures)
        pictures = tuple(replace(one, url="") for one in draft.pictures)
        unsigned = self.unsigned(replace(draft, pictures=pictures))
        post = parse_post(_as_signed(unsigned))
        if post is None and images:
            # Nothing but pictures, which the event does not name yet.
            post = Post(
                id=unsigned.id,
                author=unsigned.pubkey,
                created_at=unsigned.created_at,
                kind=unsigned.kind,
                text="",
            )
        return post and replace(post, images=(*post.images, *images))

    def event(self, kind: int, tags: Tags, content: str, *, after: int = 0) -> UnsignedEvent:
        """Anything of ours, later than `after`."""
        # A version dated in the future (another machine's clock) must still be replaced by ours.
        return UnsignedEvent(
            pubkey=self._pubkey,
            created_at=max(self._clock.now().unix_seconds, after + 1),
            kind=kind,
            tags=tags,
            content=content,
        )

    def _long_tags(self, draft: PostDraft, long: LongPart) -> Tags:
        title = one_line(long.title, maximum=_MAX_TITLE)
        cover = next((one.url for one in draft.pictures if one.url), "")
        return long_tags(
            identifier=long.identifier or new_identifier(title, draft.id),
            title=title,
            summary=one_line(long.summary, maximum=_MAX_SUMMARY),
            picture=cover or web_url(long.picture),
            published_at=long.published_at or self._clock.now().unix_seconds,
        )


def _published(picture: Attachment) -> PublishedPicture:
    return PublishedPicture(
        url=picture.url,
        media_type=picture.media_type,
        hash=picture.hash,
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
    )


def _as_signed(unsigned: UnsignedEvent) -> Event:
    return Event(
        id=unsigned.id,
        pubkey=unsigned.pubkey,
        created_at=unsigned.created_at,
        kind=unsigned.kind,
        tags=unsigned.tags,
        content=unsigned.content,
        sig=bytes(64),
    )
