"""A window in use, in a process of its own: `python -m tests.bench._used start|use [BEGAN]`.

Prints one JSON object. `start` is the program itself, up to the first paint of its first window,
in seconds since BEGAN (as `time.monotonic` has it). `use` is the window over the stage with
10,000 posts: frames while scrolling, from a click on a tip to its countdown, changes of page, and
what memory an hour of it takes.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench._child import resident_mb, say
from tipdesk.base.ids import EventId
from tipdesk.nostr.feed import Post

POSTS = 10_000
FRAMES = 1_500
STEP = 90
"""Pixels a frame: a wheel turned fast."""
CLICKS = 30
ROUNDS = 20
THEMES = 8
SWITCHES = 200
MORE_POSTS = 5_000
IDLE_SECONDS = 10.0


def ms(act: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1_000


def many_posts(count: int, first: int = 0) -> list[Post]:
    """The stage's posts again and again, each a minute older than the one before."""
    from tests.ui import content

    played = content.posts()
    latest = max(post.created_at for post in played)
    return [
        replace(
            played[number % len(played)],
            id=EventId(content.number(100_000 + number)),
            text=f"{number}: {played[number % len(played)].text}",
            created_at=latest - 60 * number,
        )
        for number in range(first, first + count)
    ]


def start(began: float) -> None:
    """The program as a person starts it, in a home that holds nothing yet."""
    from PySide6.QtCore import QEvent, QObject

    from tipdesk.__main__ import main
    from tipdesk.ui import program

    class FirstPaint(QObject):
        """Says when it was, and ends the process: nothing is to be kept."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                say(first_paint_s=time.monotonic() - began)
                os._exit(0)
            return False

    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_DATA_HOME=home, LOCALAPPDATA=home)
        sys.argv[1:] = []
        paint = FirstPaint()
        program.application().installEventFilter(paint)
        main()


async def use() -> None:
    """Everything that is asked of a window that is open."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from tests.ui.stage import make_stage
    from tipdesk.ui.main import close_window, open_window
    from tipdesk.ui.theme.theme import Mode, theme
    from tipdesk.ui.views.rail import PageName
    from tipdesk.ui.widgets.post_card import PostCard

    stage = make_stage(many_posts(POSTS))
    window = open_window(stage)
    window.resize(1_280, 800)
    await asyncio.sleep(1.0)
    feed, bar = window.pages.feed.list, window.pages.feed.list.verticalScrollBar()

    frames = []
    for _ in range(FRAMES):

        def frame() -> None:
            bar.setValue(bar.value() + STEP)
            window.repaint()

        frames.append(ms(frame))
        await asyncio.sleep(0)

    clicks = []
    views = enumerate(stage.feeds.posts(limit=2 * CLICKS))
    rows = [row for row, view in views if view.author.can_be_tipped][:CLICKS]
    for number, row in enumerate(rows):
        feed.set_current(row)
        await asyncio.sleep(0.05)
        card = feed.card(row)
        assert isinstance(card, PostCard)

        def click(card: PostCard = card) -> None:
            QTest.keyClick(feed, Qt.Key.Key_T)
            window.models.tips.refresh()
            window.models.tips.changed.emit()
            window.repaint()

        clicks.append(ms(click))
        assert len(stage.tips.intents) == number + 1
        await asyncio.sleep(0.02)
        window.models.tips.undo_latest()

    pages = []
    for _ in range(ROUNDS):
        for page in PageName:

            def switch(page: PageName = page) -> None:
                window.open_page(page)
                window.repaint()

            pages.append(ms(switch))
            await asyncio.sleep(0.005)

    themes = []
    for number in range(THEMES):

        def change(mode: Mode = (Mode.DARK, Mode.LIGHT)[number % 2]) -> None:
            theme().use(mode)
            window.repaint()

        themes.append(ms(change))
        await asyncio.sleep(0.05)

    before = resident_mb()
    for number in range(SWITCHES):
        window.open_page(tuple(PageName)[number % len(PageName)])
        window.repaint()
        await asyncio.sleep(0.002)
    for post in many_posts(MORE_POSTS, POSTS):
        stage.feeds.add(post)
        if post.id[-1] % 16 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0.5)
    after = resident_mb()
    cpu = time.process_time()
    await asyncio.sleep(IDLE_SECONDS)
    idle = (time.process_time() - cpu) / IDLE_SECONDS * 100
    say(
        frames_ms=frames,
        clicks_ms=clicks,
        pages_ms=pages,
        themes_ms=themes,
        before_mb=before,
        after_mb=after,
        idle_percent=idle,
    )
    close_window(window)


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(float(sys.argv[2]))
    else:
        from tipdesk.ui.loop import run
        from tipdesk.ui.program import application

        application()
        run(use)
