"""Preferences: kept beside the profiles, never in the way."""

import json
from pathlib import Path

import pytest

from tipdesk.app.preferences import FILE_NAME, PreferenceFile, open_preferences
from tipdesk.services.preferences import Preferences


def test_what_is_changed_is_there_at_the_next_start(tmp_path: Path) -> None:
    open_preferences(tmp_path).change(theme="dark", lock_minutes=3, blur_amounts=True)
    found = open_preferences(tmp_path).now
    assert found == Preferences(theme="dark", lock_minutes=3, blur_amounts=True)


def test_listeners_hear_a_change_and_not_what_stays(tmp_path: Path) -> None:
    keeper = open_preferences(tmp_path)
    heard: list[str] = []
    stop = keeper.listen(lambda: heard.append(keeper.now.theme))
    keeper.change(theme="dark")
    keeper.change(theme="dark")
    stop()
    keeper.change(theme="light")
    assert heard == ["dark"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"theme": 7, "lock_minutes": true, "unknown": 1}', "x" * 30_000],
)
def test_a_file_that_cannot_be_used_gives_the_defaults(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    assert PreferenceFile(tmp_path).load() == Preferences()


def test_what_can_be_used_of_a_file_is_used(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"theme": "dark", "motion": 3}))
    assert PreferenceFile(tmp_path).load() == Preferences(theme="dark")


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    keeper = open_preferences(blocked / "folder")
    keeper.change(theme="dark")
    assert keeper.now.theme == "dark"
