"""What all sections of the settings share."""

from typing import ClassVar

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import say
from tipdesk.ui.widgets.scroll_column import ScrollColumn

WIDEST = 640


class SettingsSection(ScrollColumn):
    """A column of `SettingGroup`s, which the page tells when to show its view model anew."""

    TITLE: ClassVar[Phrase]
    """In the list of sections, with `ICON` beside it."""
    ICON: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(say(self.TITLE))

    def update_view(self) -> None:
        """Shows what the view models say now."""
