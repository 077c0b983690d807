"""What desktops are told about TipDesk agrees on one name."""

import configparser
import re
from pathlib import Path
from xml.etree import ElementTree

from tipdesk.base.app_id import APP_ID

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"


def test_the_desktop_file_names_icon_and_window_class_by_the_one_id() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(LINUX / f"{APP_ID}.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert (entry["Icon"], entry["StartupWMClass"]) == (APP_ID, APP_ID)


def test_appstream_has_the_id_and_leads_to_the_desktop_file() -> None:
    component = ElementTree.parse(LINUX / f"{APP_ID}.metainfo.xml").getroot()
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == f"{APP_ID}.desktop"


def test_packages_are_made_with_it_and_the_source_says_it_once() -> None:
    made = (ROOT / "packaging" / "build_package.py").read_text(encoding="utf-8")
    assert re.search(r'^APP_ID = "(.*)"$', made, re.MULTILINE)[1] == APP_ID  # type: ignore[index]
    saying = [
        path.name for path in (ROOT / "tipdesk").rglob("*.py") if APP_ID in path.read_text("utf-8")
    ]
    assert saying == ["app_id.py"]
