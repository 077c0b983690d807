"""What all sections of the settings share."""

from tipdesk.ui.widgets.scroll_column import ScrollColumn

WIDEST = 640


class SettingsSection(ScrollColumn):
    """A column of `SettingGroup`s. The page shows its `title` and `icon` in the list of sections,
    and tells it when to show its view model anew.
    """

    def __init__(self, title: str, icon: str) -> None:
        super().__init__(title)
        self.title = title
        self.icon = icon

    def update_view(self) -> None:
        """Shows what the view models say now."""
