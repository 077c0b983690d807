"""The profiles of this machine: listed, removed with care; their secrets moved."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.adapters.secrets.keyring import KeyringIsLocked
from tipdesk.adapters.storage.database import ProfileInUse
from tipdesk.base.units import Sat
from tipdesk.ports.secrets import SecretsPlace
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.secrets_panel import SecretsPanel
from tipdesk.ui.views.settings_profiles import ProfilesSection, RemovePanel

RETURN = Qt.Key.Key_Return


async def opened(window: MainWindow) -> ProfilesSection:
    """The section, with its folders looked at."""
    window.open_page(PageName.SETTINGS)
    section = window.pages.settings.profiles
    window.pages.settings.open_section(section)
    await until(lambda: bool(section.list.lines))
    return section


async def removing(window: MainWindow) -> RemovePanel:
    """The panel about the second profile, with its loss known."""
    section = await opened(window)
    section.list.lines[1].buttons[0].click()
    panel = section.panel
    assert panel is not None
    await until(lambda: not window.models.profiles.is_busy)
    return panel


def shown(panel: RemovePanel, part: str) -> Callable[[], bool]:
    return lambda: part in panel.said


def test_every_profile_says_what_it_is_and_only_others_can_be_removed(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        section = await opened(window)
        said = texts(section)
        assert "Mainnet · keys in the keyring · 46.0 MiB" in said
        assert "Signet · keys in a file · 3.0 MiB · used on 19 May 2026" in said
        assert "Practice coins · no passphrase · 12.1 KiB · never opened" in said
        assert [len(line.buttons) for line in section.list.lines] == [0, 1, 0]

    play(scene)


def test_another_profile_is_chosen_at_the_front_door(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        wanted: list[bool] = []
        window.front_wanted.connect(lambda: wanted.append(True))
        (await opened(window)).other_button.click()
        assert wanted == [True]

    play(scene)


def test_a_profile_with_channels_goes_only_for_the_amount_in_them(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await removing(window)
        assert "151,000 sat are in its 2 channels" in panel.said
        assert window.focusWidget() is panel.keep_button
        assert not panel.button.isEnabled()
        panel.amount.setFocus()
        QTest.keyClicks(panel.amount, "150000")
        QTest.keyClick(panel.amount, RETURN)
        assert len(stage.profiles.facts) == 3
        panel.button.click()
        await until(lambda: "not the amount" in panel.problem_text)
        panel.amount.setText("151000")
        panel.button.click()
        section = window.pages.settings.profiles
        await until(lambda: "backup of its channels is in /home/fan" in section.told_text)
        assert panel.isHidden()
        assert [one.entry.name for one in stage.profiles.facts] == ["main", "practice"]
        assert section.list.lines[2].isHidden()

    play(scene)


def test_a_profile_without_channels_goes_for_a_press_that_was_warned(
    play: Play, stage: Stage
) -> None:
    stage.profiles.lost = replace(
        stage.profiles.lost, channels=0, in_channels=Sat(0), words_checked=False
    )

    async def scene(window: MainWindow) -> None:
        panel = await removing(window)
        assert "they were never checked" in panel.said
        assert panel.amount.isHidden()
        panel.button.click()
        section = window.pages.settings.profiles
        await until(lambda: section.told_text == "main-2 is removed.")

    play(scene)


@pytest.mark.parametrize("has_channels", [True, False])
def test_real_money_and_channels_cannot_go_while_nobody_checked_the_words(
    play: Play, stage: Stage, has_channels: bool
) -> None:
    stage.profiles.lost = replace(stage.profiles.lost, words_checked=False)
    if not has_channels:
        stage.profiles.lost = replace(stage.profiles.lost, channels=0, is_real=True)

    async def scene(window: MainWindow) -> None:
        panel = await removing(window)
        assert "would be lost for good" in panel.said
        assert panel.button.isHidden()
        assert panel.amount.isHidden()

    play(scene)


def test_a_profile_that_is_open_elsewhere_says_so(play: Play, stage: Stage) -> None:
    stage.profiles.failure = ProfileInUse(Path("/home/fan/main-2/money.db"))

    async def scene(window: MainWindow) -> None:
        panel = await removing(window)
        assert panel.problem_text.startswith("Another TipDesk is using the profile")
        assert panel.button.isHidden()
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert panel.isHidden()

    play(scene)


def moving(window: MainWindow) -> SecretsPanel:
    """The panel that moves the secrets."""
    window.open_page(PageName.SETTINGS)
    keys = window.pages.settings.keys
    window.pages.settings.open_section(keys)
    keys.secrets.button.click()
    assert keys.secrets.panel is not None
    return keys.secrets.panel


def test_secrets_go_into_a_file_and_back_for_its_passphrase(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = moving(window)
        group = window.pages.settings.keys.secrets
        assert "In the keyring of this system" in group.said
        QTest.keyClicks(panel.passphrase, "short")
        QTest.keyClick(panel.passphrase, RETURN)
        assert window.focusWidget() is panel.again
        QTest.keyClick(panel.again, RETURN)
        QTest.keyClicks(panel.again, "short")
        QTest.keyClick(panel.again, RETURN)
        assert "at least 10 characters" in panel.problem_text
        panel.passphrase.setText("a long passphrase")
        panel.again.setText("a long passphrasf")
        panel.done_button.click()
        assert "not the same" in panel.problem_text
        panel.again.setText("a long passphrase")
        panel.done_button.click()
        await until(panel.isHidden)
        await until(lambda: "keyring has forgotten them" in group.said)
        assert stage.keys.secrets.passphrase == "a long passphrase"
        assert panel.passphrase.text() == panel.again.text() == ""
        group.button.click()
        assert panel.again.isHidden()
        QTest.keyClicks(panel.passphrase, "another one")
        QTest.keyClick(panel.passphrase, RETURN)
        await until(lambda: panel.problem_text.startswith("That does not open the vault"))
        panel.passphrase.setText("a long passphrase")
        panel.done_button.click()
        await until(lambda: "the file is gone" in group.said)
        assert stage.keys.secrets.place is SecretsPlace.KEYRING

    play(scene)


def test_a_keyring_that_is_locked_or_does_not_forget_is_told(play: Play, stage: Stage) -> None:
    stage.keys.secrets.forgets = False
    stage.keys.secrets.failure = KeyringIsLocked()

    async def scene(window: MainWindow) -> None:
        panel = moving(window)
        panel.passphrase.setText("a long passphrase")
        panel.again.setText("a long passphrase")
        panel.done_button.click()
        await until(lambda: panel.problem_text.startswith("The keyring of this system is locked"))
        stage.keys.secrets.failure = None
        panel.done_button.click()
        group = window.pages.settings.keys.secrets
        await until(lambda: "did not forget them yet" in group.said)

    play(scene)


def test_practice_has_nothing_to_move(play: Play, stage: Stage) -> None:
    stage.keys.secrets.place = SecretsPlace.PRACTICE

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.keys)
        group = window.pages.settings.keys.secrets
        assert group.button.isHidden()
        assert "need no passphrase" in group.said

    play(scene)
