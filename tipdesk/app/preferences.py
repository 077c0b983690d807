"""The file of preferences: one for the machine's user, above all profiles."""

import json
import logging
import os
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.strict_json import parse_object
from tipdesk.services.preferences import PreferenceKeeper, Preferences

FILE_NAME: Final = "preferences.json"
MAX_BYTES: Final = 20_000

_log = logging.getLogger(__name__)


class PreferenceFile:
    """Keeps preferences in a folder. Losing them costs nothing but choices."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def load(self) -> Preferences:
        """What is kept; the default for whatever is missing, unknown or of a wrong kind."""
        try:
            with self._path.open("rb") as file:
                found = parse_object(file.read(MAX_BYTES + 1), maximum=MAX_BYTES)
        except FileNotFoundError:
            return Preferences()
        except (OSError, DecodeError) as error:
            _log.info("the preferences cannot be read: %s", error)
            return Preferences()
        default = Preferences()
        kept: dict[str, Any] = {
            item.name: found[item.name]
            for item in fields(Preferences)
            if type(found.get(item.name)) is type(getattr(default, item.name))
        }
        return replace(default, **kept)

    def save(self, preferences: Preferences) -> None:
        """See `PreferenceStore.save`."""
        temporary = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.write_text(json.dumps(asdict(preferences), indent=1), encoding="utf-8")
            os.replace(temporary, self._path)
        except OSError as error:
            _log.info("the preferences were not kept: %s", error)


def open_preferences(folder: Path) -> PreferenceKeeper:
    """The preferences of a folder, kept there from now on."""
    file = PreferenceFile(folder)
    return PreferenceKeeper(file.load(), file)
