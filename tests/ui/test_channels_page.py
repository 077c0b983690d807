"""The channels page: how each stands in words, what opening and closing cost, when to be back."""

from dataclasses import replace

from PySide6.QtCore import Qt

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.base.units import Msat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.events import ChannelsChanged
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton


def test_when_to_be_back_and_how_to_receive_more_stand_above_the_channels(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        said = texts(window.pages.channels)
        assert any(s.startswith("If you close TipDesk, open it again before 29 May,") for s in said)
        assert any(s.startswith("You can receive up to 1,433,558 sat. To receive") for s in said)

    play(scene)


def test_nothing_is_to_be_watched_without_channels(play: Play, stage: Stage) -> None:
    stage.channels.views.clear()

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        assert not any(s.startswith("If you close TipDesk") for s in texts(window.pages.channels))

    play(scene)


def test_each_channel_says_how_it_stands(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        model = window.models.channels
        said = [model.health(view) for view in stage.channels.views]
        assert said[0].startswith("send up to 1,291,742.345 sat · receive up to")
        assert said[1].startswith("5,000 sat in flight · send up to")
        assert said[2].startswith("Not reached since ")
        assert said[4].startswith("80,000 sat usable from block 934, about 2 Jun")
        low = replace(stage.channels.views[0], spendable=Msat(1_000))
        assert "little left to send: 1 sat" in model.health(low)

    play(scene)


def test_since_when_a_peer_is_away_is_kept_until_it_is_back(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        model, view = window.models.channels, stage.channels.views[2]
        assert view.status is ChannelStatus.OFFLINE
        first = model.health(view)
        stage.clock.offset_ms += 3_600_000
        changes: list[None] = []
        model.changed.connect(lambda: changes.append(None))
        stage.bus.publish(ChannelsChanged())
        await until(lambda: bool(changes))
        assert model.health(view) == first

    play(scene)


def test_what_opening_costs_is_said_and_a_small_channel_is_mostly_fees(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        window.pages.channels.ask_open()
        panel = window.pages.channels.open_panel
        assert panel is not None
        assert any("Opening costs about 874 sat now" in s for s in texts(panel))
        panel.amount.setText("20,000")
        assert any(s.startswith("Less than 50,000 sat is mostly fees") for s in texts(panel))
        panel.amount.setText("200,000")
        assert not any(s.startswith("Less than") for s in texts(panel))

    play(scene)


def test_closing_alone_says_what_it_costs_and_until_when(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        window.pages.channels.ask_close(stage.channels.views[0])
        panel = window.pages.channels.close_panel
        assert panel is not None
        assert any("less a network fee of about 874 sat" in s for s in texts(panel))
        assert not any("Closing alone costs" in s for s in texts(panel))
        panel.force.setChecked(True)
        assert any("your money waits 144 blocks: until about" in s for s in texts(panel))

    play(scene)
