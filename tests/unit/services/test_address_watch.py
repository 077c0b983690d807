"""Once a day our own address is asked; what is newly wrong is said once."""

from tests.fakes import FakeClock
from tipdesk.services.address_watch import EVERY_MS, AddressWatch
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice
from tipdesk.services.probe import ProbeCheck, ProbeStep

GOOD = ProbeCheck(step=ProbeStep.SERVER, passed=True, sentence="It answers.")
ZAPS = ProbeCheck(
    step=ProbeStep.ZAPS, passed=False, sentence="Another key signs.", next_step="Look."
)
ROOM = ProbeCheck(step=ProbeStep.ROOM, passed=False, sentence="No room.", next_step="Make some.")
PAYEE = ProbeCheck(
    step=ProbeStep.PAYEE, passed=False, sentence="It pays another.", next_step="Change it."
)


class Scene:
    """An address, what is found of it, and what the person hears."""

    def __init__(self) -> None:
        self.address = "ana@example.com"
        self.found: tuple[ProbeCheck, ...] = (GOOD,)
        self.asked: list[str] = []
        self.heard: list[Notice] = []
        self.clock = FakeClock()
        bus = Bus()
        bus.subscribe(Notice, self.heard.append)
        self.watch = AddressWatch(self, lambda: self.address, bus, self.clock)

    async def probe(self, address: str) -> tuple[ProbeCheck, ...]:
        self.asked.append(address)
        return self.found

    async def day(self) -> None:
        """What the loop does when it wakes."""
        if self.watch.is_due:
            await self.watch.look()


async def test_an_address_is_asked_once_a_day_and_again_when_it_is_another() -> None:
    scene = Scene()
    await scene.day()
    await scene.day()
    assert scene.asked == ["ana@example.com"]
    scene.clock.pass_ms(EVERY_MS)
    await scene.day()
    scene.address = "ana@other.example"
    await scene.day()
    assert scene.asked == ["ana@example.com", "ana@example.com", "ana@other.example"]
    assert not scene.heard


async def test_without_an_address_nobody_is_asked() -> None:
    scene = Scene()
    scene.address = ""
    await scene.day()
    assert not scene.asked


async def test_what_is_newly_wrong_is_said_once_and_the_worst_of_it() -> None:
    scene = Scene()
    scene.found = (GOOD, ZAPS)
    await scene.day()
    assert not scene.heard, "who signs receipts is a choice"
    for _ in range(2):
        scene.found = (GOOD, ROOM, PAYEE)
        scene.clock.pass_ms(EVERY_MS)
        await scene.day()
    (notice,) = scene.heard
    assert notice.serious
    assert "ana@example.com would not reach you. It pays another. Change it." in notice.text
    scene.found = (GOOD,)
    scene.clock.pass_ms(EVERY_MS)
    await scene.day()
    scene.found = (ROOM,)
    scene.clock.pass_ms(EVERY_MS)
    await scene.day()
    assert len(scene.heard) == 2
