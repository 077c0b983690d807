"""The demo with a window: the fan's, and on request a creator's beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tipdesk.app.config import load_settings
from tipdesk.app.container import App, build_app
from tipdesk.base.ids import TipId
from tipdesk.base.units import Sat
from tipdesk.demo.fan import build_fan, prepare_fan, until
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.demo.scenes import desk_scenes, fill_wallet, open_second_channel, scenes
from tipdesk.services.tip_plan import TipIntent
from tipdesk.ui.loop import run as run_loop
from tipdesk.ui.main import screenshots, show
from tipdesk.ui.program import application
from tipdesk.ui.views.rail import PageName

CREATOR: Final = "musician"
DESK_SIZES: Final = ((1_280, 800), (1_024, 700))
SHOWN_TIPS: Final = (
    (21, "Thank you for the rain"),
    (100, ""),
    (500, "For one new string"),
    (21, ""),
)


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """Where the data is, and which windows are wanted."""

    folder: Path
    creator_window: bool
    screenshots: Path | None


def run_windowed(options: WindowOptions) -> int:
    """Runs until the windows are closed; the exit code."""
    application()
    main = _take_pictures(options) if options.screenshots else _show(options)
    run_loop(lambda: main)
    return 0


async def _show(options: WindowOptions) -> None:
    practice = PracticeChild(options.folder / "practice")
    everybody = asyncio.Event()
    try:
        await practice.start()
        async with asyncio.TaskGroup() as windows:
            fan = show(lambda: _fan(options.folder, practice, everybody), title="TipDesk, Robin")
            windows.create_task(fan)
            if options.creator_window:
                creator = show(
                    lambda: _creator(practice, everybody),
                    title="TipDesk, Mira Okafor",
                    page=PageName.CREATOR,
                )
                windows.create_task(creator)
            else:
                everybody.set()
    finally:
        await practice.stop()


@asynccontextmanager
async def _fan(
    folder: Path, practice: PracticeChild, everybody: asyncio.Event
) -> AsyncIterator[App]:
    """The fan, once `everybody` is there: a creator who is away shows no picture."""
    app = await build_fan(folder / "fan", practice)
    async with app.running():
        await prepare_fan(app, practice, lambda _: None)
        await everybody.wait()
        yield app


@asynccontextmanager
async def _creator(practice: PracticeChild, everybody: asyncio.Event) -> AsyncIterator[App]:
    """The creator's own profile, run here in place of its child process."""
    await practice.call("halt", name=CREATOR)
    folder = practice.folder / CREATOR
    app = await build_app(folder, load_settings(folder), practice=True, passphrase=None)
    async with app.running(control=True):
        # The routers call again by themselves; until then nobody could tip.
        await until(partial(_all_usable, app), "the creator's channels do not work")
        everybody.set()
        yield app
    if practice.was_joined:
        # The network goes on without us, and so does the creator.
        await practice.call("start", name=CREATOR)


def _all_usable(app: App) -> bool:
    return all(channel.is_usable for channel in app.core.node.book.all())


async def _take_pictures(options: WindowOptions) -> None:
    """Every page with real content: tips are sent and received before the pictures are taken."""
    if options.screenshots is None:
        raise TypeError("pictures need a folder")
    practice = PracticeChild(options.folder / "practice")
    everybody = asyncio.Event()
    try:
        await practice.start()
        async with (
            _creator(practice, everybody) as creator,
            _fan(options.folder, practice, everybody) as fan,
        ):
            await fill_wallet(fan, practice)
            await _tip_some(fan)
            await open_second_channel(fan, practice)
            pages = tuple(page for page in PageName if page is not PageName.CREATOR)
            await screenshots(fan, options.screenshots, pages=pages)
            await screenshots(
                creator, options.screenshots, DESK_SIZES, pages=(), scenes=desk_scenes()
            )
            await screenshots(fan, options.screenshots, pages=(), scenes=scenes(practice))
    finally:
        await practice.stop()


async def _tip_some(fan: App) -> None:
    await until(lambda: fan.feeds.count() >= 6 and _can_tip(fan), "posts did not come")
    posts = [view for view in fan.feeds.posts(limit=40) if view.author.can_be_tipped]
    # The creator whose page is shown gets most of them.
    posts.sort(key=lambda view: view.author.title != "Mira Okafor")
    for number, (amount, comment) in enumerate(SHOWN_TIPS * 3):
        view = posts[number % min(len(posts), 6)]
        tip_id = fan.tips.begin(
            TipIntent(view.post.author, view.post.id, Sat(amount).to_msat(), comment), undo_ms=0
        )
        await until(partial(_has_receipt, fan, tip_id), "a tip's receipt did not come")


def _has_receipt(fan: App, tip_id: TipId) -> bool:
    tip = fan.tips.tip(tip_id)
    return tip is not None and tip.receipt is not None


def _can_tip(fan: App) -> bool:
    views = fan.feeds.posts(limit=40)
    return any(view.author.title == "Mira Okafor" and view.author.can_be_tipped for view in views)
