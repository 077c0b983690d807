"""Where the asked side writes how it can be reached."""

from typing import Final

FILE_NAME: Final = "control.json"
