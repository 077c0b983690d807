"""One window: a second start hands its links over, and nobody else can."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tipdesk.__main__ import _links
from tipdesk.adapters.control.client import NotRunning
from tipdesk.app.instance import MAX_LINK_CHARS, MAX_LINKS, OneInstance, hand_over
from tipdesk.app.remote import ask


async def test_links_reach_the_window_that_is_open(tmp_path: Path) -> None:
    taken: list[list[str]] = []

    def take(links: Sequence[str]) -> None:
        taken.append(list(links))

    assert not await hand_over(tmp_path, ["lightning:x"])
    async with OneInstance(tmp_path).listening(take):
        assert await hand_over(tmp_path, ["lightning:x", "nostr:y"])
        assert await hand_over(tmp_path, [])
    assert not await hand_over(tmp_path, ["lightning:z"])
    assert taken == [["lightning:x", "nostr:y"], []]


async def test_links_are_bounded_on_both_sides(tmp_path: Path) -> None:
    taken: list[str] = []
    async with OneInstance(tmp_path).listening(taken.extend):
        await ask(tmp_path / "window", "open", {"links": ["x" * 20_000] * 30})
    assert [len(link) for link in taken] == [MAX_LINK_CHARS] * MAX_LINKS


async def test_whoever_has_not_the_token_is_refused(tmp_path: Path) -> None:
    taken: list[str] = []
    async with OneInstance(tmp_path).listening(taken.extend):
        path = tmp_path / "window" / "control.json"
        assert path.stat().st_mode & 0o077 == 0
        place = json.loads(path.read_text())
        other = tmp_path / "other"
        other.mkdir()
        (other / "control.json").write_text(json.dumps({**place, "token": "0" * 64}))
        with pytest.raises(NotRunning):
            await ask(other, "open", {"links": ["lightning:x"]})
    assert taken == []


@pytest.mark.parametrize(
    ("argv", "links", "rest"),
    [
        (["lightning:lnbc1"], ["lightning:lnbc1"], []),
        (["--log", "debug", "NOSTR:npub1"], ["NOSTR:npub1"], ["--log", "debug"]),
        (["bitcoin:bc1?lightning=x", "lnurlp://a"], ["bitcoin:bc1?lightning=x", "lnurlp://a"], []),
        (["serve", "--profile", "lightning"], [], ["serve", "--profile", "lightning"]),
        (["https://x.example"], [], ["https://x.example"]),
    ],
)
def test_links_are_told_from_commands(argv: list[str], links: list[str], rest: list[str]) -> None:
    assert _links(argv) == (links, rest)
