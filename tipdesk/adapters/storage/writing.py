"""`WritingStore` over `money.db`: drafts as they are typed, and the fate of what was published."""

import json
from dataclasses import asdict
from typing import Any, Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr import event as nip01
from tipdesk.ports.pictures import Attachment
from tipdesk.ports.writing import Answered, LongPart, PostDraft, Posting, RelayOutcome, RelayState

WRITING_SCHEMA: Final = """
CREATE TABLE drafts (id TEXT PRIMARY KEY, changed_at_ms INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE postings (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at_ms INTEGER NOT NULL,
    is_waiting INTEGER NOT NULL, event TEXT NOT NULL, relays TEXT NOT NULL
);
CREATE INDEX postings_waiting ON postings (number) WHERE is_waiting = 1
"""
"""A migration for `MoneyDatabase`."""


class MoneyWritingStore:
    """See `WritingStore`. All of it is our own writing: anything odd in it may raise."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `WritingStore.commit`."""
        self._db.commit()

    def save_draft(self, draft: PostDraft) -> None:
        """See `WritingStore.save_draft`."""
        row = (draft.id, draft.changed_at.ms, json.dumps(_body(draft)))
        self._db.write("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", row)

    def drop_draft(self, draft_id: str) -> None:
        """See `WritingStore.drop_draft`."""
        self._db.write("DELETE FROM drafts WHERE id = ?", (draft_id,))

    def drafts(self) -> list[PostDraft]:
        """See `WritingStore.drafts`."""
        rows = self._db.read("SELECT * FROM drafts ORDER BY changed_at_ms DESC, id")
        return [_draft(draft_id, at, json.loads(body)) for draft_id, at, body in rows]

    def save_posting(self, posting: Posting, *, keep: int) -> None:
        """See `WritingStore.save_posting`."""
        relays = [[one.url, one.state.value, one.message] for one in posting.relays]
        self._db.write(
            "INSERT INTO postings VALUES (NULL, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "is_waiting = excluded.is_waiting, relays = excluded.relays",
            (
                bytes(posting.event.id),
                posting.at.ms,
                posting.is_waiting,
                posting.event.to_json(),
                json.dumps(relays),
            ),
        )
        self._db.write(
            "DELETE FROM postings WHERE number <= (SELECT max(number) FROM postings) - ?", (keep,)
        )

    def posting(self, event_id: EventId) -> Posting | None:
        """See `WritingStore.posting`."""
        rows = self._db.read(
            "SELECT at_ms, event, relays FROM postings WHERE id = ?", (bytes(event_id),)
        )
        return next(map(_posting, rows), None)

    def unfinished(self) -> list[Posting]:
        """See `WritingStore.unfinished`."""
        rows = self._db.read(
            "SELECT at_ms, event, relays FROM postings WHERE is_waiting = 1 ORDER BY number"
        )
        return [_posting(row) for row in rows]


def _posting(row: tuple[Any, ...]) -> Posting:
    at, event, relays = row
    outcomes = (
        RelayOutcome(url, RelayState(state), said) for url, state, said in json.loads(relays)
    )
    return Posting(event=nip01.parse(event), at=Instant(at), relays=tuple(outcomes))


def _body(draft: PostDraft) -> dict[str, Any]:
    answered = draft.answered
    return {
        "kind": draft.kind,
        "text": draft.text,
        "warning": draft.warning,
        "without": draft.without,
        "title": draft.title,
        "pictures": [asdict(one) for one in draft.pictures],
        "long": None if draft.long is None else asdict(draft.long),
        "answered": None
        if answered is None
        else {
            "post": answered.post.hex(),
            "author": answered.author.hex(),
            "excerpt": answered.excerpt,
            "kind": answered.kind,
            "tags": answered.tags,
        },
    }


def _draft(draft_id: str, at: int, body: dict[str, Any]) -> PostDraft:
    return PostDraft(
        id=draft_id,
        kind=body["kind"],
        changed_at=Instant(at),
        text=body["text"],
        warning=body["warning"],
        without=tuple(body["without"]),
        title=body.get("title", ""),
        pictures=tuple(Attachment(**one) for one in body.get("pictures", ())),
        long=None if body.get("long") is None else _long(body["long"]),
        answered=None if body["answered"] is None else _answered(body["answered"]),
    )


def _long(body: dict[str, Any]) -> LongPart:
    return LongPart(**{**body, "kept": tuple(tuple(tag) for tag in body["kept"])})


def _answered(body: dict[str, Any]) -> Answered:
    return Answered(
        post=EventId.from_hex(body["post"]),
        author=XOnlyPubkey.from_hex(body["author"]),
        excerpt=body["excerpt"],
        kind=body["kind"],
        tags=tuple(tuple(tag) for tag in body["tags"]),
    )
