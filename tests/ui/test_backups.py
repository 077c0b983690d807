"""The section of backups: what is where, a second folder, the test of a restore."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.services.backups import FolderRefused
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.settings_backups import BackupsSection

LEFT = Qt.MouseButton.LeftButton


async def opened(window: MainWindow) -> BackupsSection:
    """The section, with its files looked at."""
    window.open_page(PageName.SETTINGS)
    section = window.pages.settings.backups
    window.pages.settings.open_section(section)
    await until(lambda: any("Written 2 min ago, 1,204 bytes" in one for one in texts(section)))
    return section


def test_each_copy_says_where_it_is_and_when_it_was_written(play: Play, stage: Stage) -> None:
    stage.backups.second = "/media/stick"

    async def scene(window: MainWindow) -> None:
        section = await opened(window)
        assert any(one.endswith("\n/media/stick") for one in texts(section))
        assert "2 peers were handed the newest copy, which they cannot read." in texts(section)
        QTest.mouseClick(section.write_button, LEFT)
        await until(lambda: section.result_text == "Every copy is written anew.")
        assert stage.backups.written == 1

    play(scene)


def test_a_restore_is_tested_and_said_in_words(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        section = await opened(window)
        QTest.mouseClick(section.test_button, LEFT)
        await until(lambda: "would ask 3 peers to close 4 channels" in section.result_text)
        assert "No channel that you have is missing." in section.result_text
        assert "The peer of 1 channel has to call you" in section.result_text
        stage.backups.tested = replace(stage.backups.tested, missing=2)
        await until(section.test_button.isEnabled)
        QTest.mouseClick(section.test_button, LEFT)
        await until(lambda: "2 channels that you have are not in it" in section.result_text)

    play(scene)


def test_a_folder_is_refused_in_a_sentence_and_taken_away(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        section = await opened(window)
        model = window.models.backups
        stage.backups.refusal = FolderRefused("/nowhere", "it is read only")
        model.use_folder("/nowhere")
        await until(lambda: section.result_text.startswith("No copy can be kept in /nowhere"))
        stage.backups.refusal = None
        model.use_folder("/media/stick")
        await until(section.none_button.isVisible)
        assert "A copy is in /media/stick now" in section.result_text
        QTest.mouseClick(section.none_button, LEFT)
        await until(lambda: stage.backups.second is None)

    play(scene)


def test_the_history_is_where_it_is_exported(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        section = await opened(window)
        QTest.mouseClick(section.history_button, LEFT)
        assert window.page is PageName.HISTORY

    play(scene)
