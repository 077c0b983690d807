"""Which posts a person does not want to see."""

import re
from collections.abc import Iterable

from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip51 import Mute, MuteKind


class MuteRules:
    """Ready to be asked about very many posts."""

    def __init__(self) -> None:
        self.set(())

    def set(self, mutes: Iterable[Mute]) -> None:
        """From now on these and no others."""
        by_kind: dict[MuteKind, list[str]] = {kind: [] for kind in MuteKind}
        for mute in mutes:
            by_kind[mute.kind].append(mute.value)
        self._people = frozenset(map(bytes.fromhex, by_kind[MuteKind.PERSON]))
        self._threads = frozenset(map(bytes.fromhex, by_kind[MuteKind.THREAD]))
        self._hashtags = frozenset(by_kind[MuteKind.HASHTAG])
        words = "|".join(re.escape(word.casefold()) for word in by_kind[MuteKind.WORD])
        # Whole words: "art" does not take "start" away.
        self._words = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None
        self.are_any = any(by_kind.values())

    def hides(self, post: Post) -> bool:
        """Whether a post is not to be shown."""
        if not self.are_any:
            return False
        if post.author in self._people or not self._hashtags.isdisjoint(post.hashtags):
            return True
        if not self._threads.isdisjoint((post.id, post.root, post.reply_to)):
            return True
        if self._words is None:
            return False
        return self._words.search(f"{post.title}\n{post.text}".casefold()) is not None
