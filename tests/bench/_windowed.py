"""The fan's app with its window, in a process of its own: `python -m tests.bench._windowed DIR N`.

Prints JSON: one line when the window is usable, one at the end with the longest pause of the loop
during each of N tips and the memory that the process holds.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

from tests.bench._child import resident_mb, say
from tipdesk.app.container import App
from tipdesk.base.ids import TipId
from tipdesk.base.units import Sat
from tipdesk.demo.fan import build_fan, prepare_fan, until
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.services.tip_plan import TipIntent
from tipdesk.tips.budget import BudgetScope
from tipdesk.ui.loop import LoopWatch
from tipdesk.ui.loop import run as run_loop
from tipdesk.ui.main import open_window
from tipdesk.ui.program import application

AMOUNT = Sat(5_000).to_msat()
UNDO_MS = 300
"""Long enough that the countdown is drawn."""
SETTLE_SECONDS = 1.0


async def main(folder: Path, tips: int) -> None:
    """The demo's window, and tips as its buttons begin them."""
    practice = PracticeChild(folder / "practice")
    try:
        await practice.start()
        app = await build_fan(folder / "fan", practice)
        async with app.running():
            await prepare_fan(app, practice, lambda _: None)
            for scope in BudgetScope:
                app.allowance.set_budget(scope, None)
            window = open_window(app)
            # One turn of the loop draws it.
            await asyncio.sleep(0)
            say(event="usable")
            pauses = [await pause_during_a_tip(app, number) for number in range(tips)]
            say(event="end", pauses_ms=pauses, resident_mb=resident_mb())
            window.stop()
            window.close()
            window.deleteLater()
    finally:
        await practice.stop()


async def pause_during_a_tip(app: App, number: int) -> float:
    """The longest pause from the button to the receipt, in ms."""
    await until(lambda: bool(app.feeds.posts(limit=40)), "no posts")
    posts = [view for view in app.feeds.posts(limit=40) if view.author.can_be_tipped]
    await asyncio.sleep(SETTLE_SECONDS if number == 0 else 0.1)
    watch = LoopWatch()
    watch.start()
    post = posts[number % len(posts)]
    tip_id = app.tips.begin(
        TipIntent(post.author.pubkey, post.post.id, AMOUNT, "bench"), undo_ms=UNDO_MS
    )
    await until(partial(has_receipt, app, tip_id), "no receipt")
    watch.stop()
    return watch.longest_pause_ms


def has_receipt(app: App, tip_id: TipId) -> bool:
    """Whether the tip is at its end."""
    view = app.tips.tip(tip_id)
    return view is not None and view.receipt is not None


if __name__ == "__main__":
    application()
    run_loop(lambda: main(Path(sys.argv[1]), int(sys.argv[2])))
