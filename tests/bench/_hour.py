"""An hour of the real app in fast motion, in a process: `python -m tests.bench._hour DIR`.

The app, its window and the practice network are those of the demo. Each minute posts come in, some
with a picture that its author's server has, pages are looked at, posts are read and searched, and a
tip is made as its button makes it. Prints one JSON object: memory and counts.
"""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from tests.bench._child import resident_mb, say
from tipdesk.app.container import App
from tipdesk.base.units import Sat
from tipdesk.demo.fan import build_fan, prepare_fan, until
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.practice.pictures import landscape
from tipdesk.tips.budget import BudgetScope
from tipdesk.ui.loop import run as run_loop
from tipdesk.ui.main import close_window, open_window
from tipdesk.ui.program import application
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

MINUTES = 60
WARM = 10
"""After so many every page was made and every cache has something: from there growth counts."""
PICTURE_EVERY = 3
POSTS_A_MINUTE = 3
AMOUNT = Sat(21).to_msat()
CREATORS = ("musician", "photographer", "writer")
_SEEN_S = 0.03


class Hour:
    """What is done in it, counted."""

    def __init__(self, app: App, window: MainWindow, practice: PracticeChild) -> None:
        self._app, self._window, self._practice = app, window, practice
        self.posts = self.pages = self.tips = self.pictures = self.threads = 0
        window.images.loaded.connect(self._loaded)

    async def minute(self, number: int) -> None:
        """One of sixty."""
        for place in range(POSTS_A_MINUTE):
            await self._post(number * POSTS_A_MINUTE + place)
        for page in PageName:
            self._window.open_page(page)
            self.pages += 1
            await asyncio.sleep(_SEEN_S)
        self._window.open_page(PageName.FEED)
        feed = self._window.pages.feed
        for row in range(0, min(24, self._app.feeds.count()), 4):
            feed.list.set_current(row)
            await asyncio.sleep(_SEEN_S)
        feed.list.set_current(0)
        await self._read()
        await self._tip(number)

    async def _post(self, number: int) -> None:
        creator = CREATORS[number % len(CREATORS)]
        tags, kind = [], 1
        if number % PICTURE_EVERY == 0:
            title, kind = f"Hour {number}", 20
            path = self._practice.folder / creator / "images" / f"hour-{number}.png"
            await asyncio.to_thread(path.write_bytes, landscape(title))
            _, _, host = self._practice.description["creators"][creator]["address"].partition("@")
            url = f"url http://{host}/images/{path.name}"
            tags = [["title", title], ["imeta", url, "m image/png", "dim 880x560", "alt Hills"]]
        await self._practice.call_member(
            creator, "post", kind=kind, content=f"Post {number} of this hour", tags=tags
        )
        self.posts += 1

    async def _read(self) -> None:
        view = self._app.feeds.posts(limit=1)[0]
        self._window.reader.open_for(view)
        self.threads += 1
        await asyncio.sleep(_SEEN_S)
        self._window.reader.dismiss()

    async def _tip(self, number: int) -> None:
        posts = [v for v in self._app.feeds.posts(limit=40) if v.author.can_be_tipped]
        before = self._paid()
        self._window.models.tips.send(posts[number % len(posts)], AMOUNT)
        await until(lambda: self._paid() > before, "a tip was not paid")
        self.tips += 1

    def _paid(self) -> int:
        return sum(tip.state.is_paid for tip in self._app.tips.tips())

    def _loaded(self, url: str) -> None:
        self.pictures += not self._window.images.has_failed(url)


async def main(folder: Path) -> None:
    """The hour."""
    practice = PracticeChild(folder / "practice")
    try:
        await practice.start()
        app = await build_fan(folder / "fan", practice)
        async with app.running():
            await prepare_fan(app, practice, lambda _: None)
            for scope in BudgetScope:
                app.allowance.set_budget(scope, None)
            app.tips.undo_window_ms = 0
            window = open_window(app)
            window.resize(1_280, 800)
            await until(partial(_has_posts, app), "no posts")
            await asyncio.sleep(2.0)
            hour, began = Hour(app, window, practice), time.monotonic()
            opened = warm = resident_mb()
            warm_pictures = 0
            for number in range(MINUTES):
                if number == WARM:
                    warm, warm_pictures = resident_mb(), window.images.bytes_held
                await hour.minute(number)
            await asyncio.sleep(1.0)
            say(
                opened_mb=opened,
                warm_mb=warm,
                after_mb=resident_mb(),
                pictures_mb=(window.images.bytes_held - warm_pictures) / 2**20,
                seconds=time.monotonic() - began,
                counts={
                    "posts that came in": hour.posts,
                    "changes of page": hour.pages,
                    "threads opened": hour.threads,
                    "tips paid": hour.tips,
                    "pictures loaded": hour.pictures,
                },
            )
            close_window(window)
    finally:
        await practice.stop()


def _has_posts(app: App) -> bool:
    return any(view.author.can_be_tipped for view in app.feeds.posts(limit=40))


if __name__ == "__main__":
    application()
    run_loop(lambda: main(Path(sys.argv[1])))
