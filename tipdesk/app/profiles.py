"""Profiles as their folders show them."""

from pathlib import Path
from typing import Final

import platformdirs

from tipdesk.app.config import SETTINGS_FILE, load_settings
from tipdesk.base.errors import RequestError
from tipdesk.bitcoin.network import Network
from tipdesk.services.front import ProfileEntry

MOST_PROFILES: Final = 100
PRACTICE: Final = "practice"


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


def folder_of(root: Path, entry: ProfileEntry) -> Path:
    """Where a profile lies below the folder of all."""
    return root / "demo" / "fan" if entry.is_practice else root / "profiles" / entry.name


def listed(root: Path) -> tuple[ProfileEntry, ...]:
    """The person's own by name, then the practice profile if it was ever begun."""
    own = sorted(path.parent for path in (root / "profiles").glob(f"*/{SETTINGS_FILE}"))
    entries = [entry_of(folder) for folder in own[:MOST_PROFILES]]
    practice = ProfileEntry(name=PRACTICE, network=Network.REGTEST.value, is_practice=True)
    if (folder_of(root, practice) / SETTINGS_FILE).exists():
        entries.append(practice)
    return tuple(entries)
