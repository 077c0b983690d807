"""What this system's desktop has: its way to start TipDesk at login, and its notifications."""

import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tipdesk.adapters.desktop.dbus import DbusNotifications
from tipdesk.adapters.desktop.launch_agent import LaunchAgent
from tipdesk.adapters.desktop.run_key import RunKey
from tipdesk.adapters.desktop.xdg import XdgAutostart
from tipdesk.app.system import own_command
from tipdesk.ports.desktop import AtLogin, Notifications

HIDDEN = "--hidden"


def at_login(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> AtLogin:
    """The one for this system."""
    command = (*own_command(), HIDDEN)
    if platform == "win32":
        return RunKey(importlib.import_module("winreg"), command)
    if platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents", command)
    # An AppImage is mounted anew at each start: what stays is the file that was started.
    image = environment.get("APPIMAGE", "")
    if image:
        command = (image, HIDDEN)
    kept = environment.get("XDG_CONFIG_HOME", "")
    config = Path(kept) if kept.startswith("/") else Path.home() / ".config"
    return XdgAutostart(config / "autostart", command)


def notifications(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Notifications:
    """The desktop's own; where there are none, or of a kind we do not speak, it says so."""
    if platform in ("win32", "darwin"):
        return DbusNotifications("")
    running = environment.get("XDG_RUNTIME_DIR", "")
    usual = f"unix:path={running}/bus" if running else ""
    return DbusNotifications(environment.get("DBUS_SESSION_BUS_ADDRESS") or usual)
