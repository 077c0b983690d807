"""Sees to what pip cannot install: Qt's system libraries, and what only the tests need.

    check_libraries.py venv|window|test    installs what is missing, or says how and exits 1
    check_libraries.py pytest-options      prints what pytest needs to run without them

As root on Debian or Ubuntu what is missing is installed; otherwise the one command that does it is
named. Runs under the system's Python, before anything else is installed.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OFFSCREEN = {
    "libxkbcommon.so.0": "libxkbcommon0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""What Qt's core needs even where there is no screen."""

SCREEN = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""What a window on X11 needs besides."""

PROGRAMS = {
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-run-session": "dbus",
    "electrum": "electrum",
    "node": "nodejs",
    "npm": "npm",
    "chromium-headless-shell": "chromium-headless-shell",
}
"""A real Secret Service for the tests of the keyring, other Lightning nodes to meet, and the
browser in which the overlay is seen."""


def loads(library: str) -> bool:
    """Whether the system has this shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(wanted: dict[str, str]) -> list[str]:
    """The packages of the libraries that do not load."""
    return [package for library, package in wanted.items() if not loads(library)]


def missing_fonts() -> list[str]:
    """Qt brings no fonts of its own."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    found = any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())
    return [] if found else ["fonts-dejavu-core"]


def has_screen() -> bool:
    """Whether a window could be shown."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_packages(purpose: str) -> list[str]:
    """The Debian packages that `purpose` still needs."""
    if purpose == "venv":
        return [] if importlib.util.find_spec("ensurepip") else ["python3-venv"]
    missing = missing_libraries(OFFSCREEN) + missing_fonts()
    if purpose == "window" and has_screen():
        missing += missing_libraries(SCREEN)
    if purpose == "test":
        missing += [package for name, package in PROGRAMS.items() if not shutil.which(name)]
    return missing


def install(packages: list[str]) -> bool:
    """Installs Debian packages as root; whether that worked."""
    say("installing " + " ".join(packages))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def run(*command: str) -> bool:
        done = subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
        return done.returncode == 0

    get = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    # An update that fails (one dead mirror) need not stop the installation.
    run("apt-get", "update", "-qq")
    if run(*get, *packages):
        return True
    # A package that this system does not have need not keep the others out.
    results = [run(*get, package) for package in packages]
    return all(results)


def say(text: str) -> None:
    """One line to the person at the terminal."""
    sys.stderr.write(f"tipdesk: {text}\n")


def provide(purpose: str) -> int:
    """Installs what is missing or says how; the exit code."""
    missing = missing_packages(purpose)
    if not missing:
        return 0
    apt = shutil.which("apt-get") is not None
    if apt and os.geteuid() == 0 and install(missing):
        return 0
    command = "apt-get install " + " ".join(missing)
    if not apt:
        say("some system packages are missing; on Debian they are: " + " ".join(missing))
    else:
        say(f"some system packages are missing; this installs them:\n\n    sudo {command}\n")
    if purpose == "test":
        say("the tests that need them are skipped")
        return 0
    return 1


def main(purpose: str) -> int:
    """The exit code."""
    if purpose == "pytest-options":
        # pytest-qt stops the whole run when Qt cannot be loaded.
        if sys.platform == "linux" and missing_libraries(OFFSCREEN):
            sys.stdout.write("-p no:pytest-qt\n")
        return 0
    return provide(purpose) if sys.platform == "linux" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
