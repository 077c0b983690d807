"""Renders the stage to PNG files, to be looked at: python -m tests.ui.pictures DIRECTORY [WxH]."""

import asyncio
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.stage import INVOICE, make_stage
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.loop import LoopWatch, run
from tipdesk.ui.main import application, open_window, screenshots
from tipdesk.ui.theme.theme import Mode, theme
from tipdesk.ui.views.channels import ChannelsPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.wallet import WalletPage


async def panels(directory: Path, mode: Mode, size: tuple[int, int]) -> None:
    """What floats: tip panel, tray, receive, send, open, close, reader, notice."""
    stage = make_stage()
    stage.clock.run()
    theme().use(mode)
    window = open_window(stage)
    window.resize(*size)

    async def take(name: str) -> None:
        await asyncio.sleep(0.5)
        window.grab().save(str(directory / f"{name}-{mode.value}.png"))

    feed = window.feed_page.list
    await asyncio.sleep(0.3)
    QTest.keyClick(feed, Qt.Key.Key_J)
    QTest.keyClick(feed, Qt.Key.Key_T)
    stage.tips.put(content.tip(3_000, content.BELA, TipStatus.PAYING, 0))
    window._notice("Béla Photographs tipped you 500 sat.", serious=False)
    await asyncio.sleep(1.2)
    await take("tray")
    stage.tips.settle(stage.tips.tips()[0].tip_id)
    QTest.keyClick(feed, Qt.Key.Key_J)
    QTest.keyClick(feed, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    await take("panel")
    window.tip_panel.dismiss()
    QTest.keyClick(feed, Qt.Key.Key_J)
    QTest.keyClick(feed, Qt.Key.Key_Return)
    await take("reader")
    window.reader.dismiss()
    await _money(window, take)
    window.stop()
    window.close()


async def _money(window: MainWindow, take: object) -> None:
    wallet, channels = window.pages[PageName.WALLET], window.pages[PageName.CHANNELS]
    assert isinstance(wallet, WalletPage)
    assert isinstance(channels, ChannelsPage)
    assert callable(take)
    window.open_page(PageName.WALLET)
    wallet.open_receive()
    await take("receive-form")
    assert wallet.receive_panel is not None
    wallet.receive_panel.amount.setText("50,000")
    wallet.receive_panel.make_button.click()
    await take("receive")
    wallet.receive_panel.dismiss()
    wallet.open_send()
    assert wallet.send_panel is not None
    wallet.send_panel.text.setPlainText(INVOICE)
    await take("send")
    wallet.send_panel.dismiss()
    window.open_page(PageName.CHANNELS)
    channels.ask_open()
    await take("open")
    assert channels.open_panel is not None
    channels.open_panel.dismiss()
    channels.ask_close(content.channels()[2])
    await take("close")


async def main(directory: Path, sizes: list[tuple[int, int]]) -> None:
    """Pages, then panels."""
    watch = LoopWatch()
    await screenshots(make_stage(), directory, sizes)
    watch.start()
    for mode in (Mode.LIGHT, Mode.DARK):
        await panels(directory, mode, sizes[0])
    print(f"longest pause {watch.longest_pause_ms:.0f} ms")  # noqa: T201
    watch.stop()


if __name__ == "__main__":
    application()
    written = sys.argv[2:] or ["1280x820"]
    wanted = [(int(text.split("x")[0]), int(text.split("x")[1])) for text in written]
    run(lambda: main(Path(sys.argv[1]), wanted))
