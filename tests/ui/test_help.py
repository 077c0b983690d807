"""The report: read in full, then saved as it was read."""

from pathlib import Path

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.text import Text


def said(window: MainWindow) -> list[str]:
    """All words of the section that can be seen."""
    return [
        part.text() for part in window.pages.settings.help.findChildren(Text) if part.isVisible()
    ]


def test_the_report_is_read_before_it_can_be_saved(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        section = window.pages.settings.help
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(section)
        assert not section.save_button.isVisible()
        assert not section.report.isVisible()
        section.make_button.click()
        await until(section.save_button.isVisible)
        assert section.report.toPlainText() == stage.diagnostics.report()
        path = Path("/somewhere/report.txt")
        window.models.help.save(path)
        await until(lambda: "Written to /somewhere/report.txt." in said(window))
        assert stage.diagnostics.saved == {path: section.report.toPlainText()}

    play(scene)


def test_a_report_that_cannot_be_written_says_why(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.help)
        window.pages.settings.help.make_button.click()
        stage.diagnostics.failure = BackendError(Phrase("the disk is full"))
        window.models.help.save(Path("/somewhere/report.txt"))
        await until(lambda: "The disk is full." in said(window))

    play(scene)


def test_the_fixed_sentence_and_the_version_stand_there(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.help)
        assert "Nobody from TipDesk ever asks for your words." in said(window)
        assert "0.1.0" in said(window)

    play(scene)
