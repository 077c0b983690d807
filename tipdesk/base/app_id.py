"""The one name by which desktops know TipDesk."""

from typing import Final

APP_ID: Final = "org.tipdesk.TipDesk"
"""Of the desktop file, AppStream, icons, notifications, start at login, and windows."""
