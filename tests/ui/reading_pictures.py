"""Scenes of reading; `gallery` renders them."""

import asyncio
from dataclasses import replace

from PySide6.QtWidgets import QScrollArea

from tests.ui import content
from tests.ui.fan_pictures import Play
from tests.ui.stage import Stage
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.nip51 import read_mute
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

_SETTLE_S = 0.35


async def search(window: MainWindow, stage: Stage) -> None:
    """Words that were searched: what is here, and what a relay found."""
    window.models.browse.search("the canal")
    post = content.posts()[0]
    stranger = XOnlyPubkey(content.number(88))
    for number, text in enumerate(("A walk along the canal, again", "Canals of the north, a list")):
        found = replace(post, id=EventId(content.number(900 + number)), author=stranger, text=text)
        stage.reading.browse.answer(found)
    await asyncio.sleep(_SETTLE_S)


async def looking(window: MainWindow, stage: Stage) -> None:
    """Relays are being asked, and nothing is here yet."""
    window.models.browse.search("#heron")
    await asyncio.sleep(_SETTLE_S)


async def silent(window: MainWindow, stage: Stage) -> None:
    """No relay answers."""
    window.models.browse.search("#heron")
    stage.reading.browse.fall_silent("wss://relay.one.example", "wss://two.example")
    await asyncio.sleep(_SETTLE_S)


async def domain(window: MainWindow, stage: Stage) -> None:
    """A name whose domain is asked only when one wants it."""
    window.pages.feed.bar.field.setFocus()
    window.pages.feed.bar.field.setText("bela@pictures.example")
    window.models.browse.search("bela@pictures.example")
    await asyncio.sleep(_SETTLE_S)


async def lists(window: MainWindow, stage: Stage) -> None:
    """What the feed can show."""
    window.pages.feed.bar.button.click()
    await asyncio.sleep(_SETTLE_S)


async def thread(window: MainWindow, stage: Stage) -> None:
    """A post with what it answers and its replies, one of them ours to tip."""
    view = next(v for v in stage.feeds.posts() if v.post.text.startswith("First light"))
    window.reader.open_for(view)
    texts = (
        ("Where was this? I know every boat between here and the harbour wall.", content.ANA, 0),
        ("North pier, before six. The boat is called Patience.", content.BELA, 1),
        ("Of course it is.", content.ANA, 2),
        ("I walk there on Sundays. The light was never like this, or I came too late.", None, 0),
        ("Print this one.", content.CHIDI, 0),
    )
    replies = []
    for number, (text, who, depth) in enumerate(texts):
        author = XOnlyPubkey(content.number(88)) if who is None else who.pubkey
        post = replace(view.post, id=EventId(content.number(910 + number)), author=author)
        replies.append((replace(post, text=text, images=()), depth))
    above = replace(
        view.post, id=EventId(content.number(990)), images=(), author=content.ANA.pubkey
    )
    above = replace(above, text="Show me the best light you saw this week.")
    stage.reading.threads.answer(*replies, above=(above,), count=12)
    await asyncio.sleep(_SETTLE_S)
    row = window.reader.replies.rows[1]
    row.setFocus()
    area = window.reader.findChild(QScrollArea)
    assert area is not None
    area.ensureWidgetVisible(window.reader.more_button)


async def hidden(window: MainWindow, stage: Stage) -> None:
    """Pictures of a stranger that nobody is asked for, and a covered post."""
    window.models.browse.search("#heron")
    four = next(p for p in content.posts() if len(p.images) == 4)
    stranger = XOnlyPubkey(content.number(88))
    held = replace(
        four, id=EventId(content.number(920)), author=stranger, text="Four from the pier"
    )
    covered = replace(held, id=EventId(content.number(921)), warning="the ending of a film")
    stage.reading.browse.answer(covered, held)
    await asyncio.sleep(_SETTLE_S)


async def privacy(window: MainWindow, stage: Stage) -> None:
    """The settings of reading."""
    for mute in (("p", content.EVIL.pubkey.hex()), ("word", "giveaway"), ("t", "ads")):
        read = read_mute(mute)
        assert read is not None
        stage.reading.mutes.now[read] = True
    stage.reading.search_relays.urls.append("wss://search.relay.example")
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.privacy)
    await asyncio.sleep(_SETTLE_S)


PLAYS: dict[str, Play] = {
    "search": search,
    "looking": looking,
    "silent": silent,
    "domain": domain,
    "lists": lists,
    "thread": thread,
    "hidden": hidden,
    "privacy": privacy,
}
