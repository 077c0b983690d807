"""The practice way of the window: a network, and a profile on it with coins and a channel."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tipdesk.app.container import App
from tipdesk.base.phrase import Phrase
from tipdesk.demo.fan import build_fan, prepare_fan
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.services.preferences import PreferenceKeeper


@asynccontextmanager
async def practise(
    folder: Path, preferences: PreferenceKeeper, progress: Callable[[str], None]
) -> AsyncIterator[App]:
    """The app of the profile, alive inside; the network ends with it, and what it holds stays."""
    practice = PracticeChild(folder / "practice")
    progress(Phrase("Starting the practice network"))
    try:
        await practice.start()
        progress(Phrase("Opening your practice wallet"))
        app = await build_fan(folder / "fan", practice, preferences)
        async with app.running():
            await prepare_fan(app, practice, progress)
            yield app
    finally:
        await practice.stop()
