"""Profiles as their folders show them."""

from pathlib import Path
from typing import Final

import platformdirs

from tipdesk.app.config import load_settings
from tipdesk.base.errors import RequestError
from tipdesk.services.front import ProfileEntry

MOST_PROFILES: Final = 100


def default_folder() -> Path:
    """Where everything of the machine's user lives on this system."""
    return Path(platformdirs.user_data_dir("tipdesk", appauthor=False))


def default_profile() -> Path:
    """The profile that commands mean when they name none: the first that the window makes."""
    return default_folder() / "profiles" / "main"


def entry_of(folder: Path) -> ProfileEntry:
    """A profile as its folder shows it."""
    try:
        network = load_settings(folder).network.value
    except RequestError:
        # What is wrong with its settings is said when it is opened.
        network = ""
    return ProfileEntry(
        name=folder.name, network=network, needs_passphrase=(folder / "vault").exists()
    )
