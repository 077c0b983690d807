"""NIP-36: who asks for a cover gets one."""

from collections.abc import Callable

import pytest

from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.feed import parse_post
from tipdesk.nostr.nip36 import warning_of

Sign = Callable[..., Event]


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ((), None),
        ((("content-warning", "blood\u202e"),), "blood"),
        ((("content-warning",),), ""),
        ((("L", "content-warning"), ("l", "spoiler", "content-warning")), "spoiler"),
        ((("l", "Sensitive", "social.example"),), ""),
        ((("l", "en", "ISO-639-1"),), None),
        ((("t", "NSFW"),), ""),
        ((("l", "nsfw"), ("content-warning", "nudity")), "nudity"),
        ((("content-warning", "x" * 999),), "x" * 119 + "\u2026"),
    ],
)
def test_a_warning_gives_its_reason(sign: Sign, tags: Tags, reason: str | None) -> None:
    assert warning_of(sign("x", tags=tags)) == reason
    post = parse_post(sign("x", tags=tags))
    assert post is not None
    assert post.warning == reason
