"""Whether the strangers are there: skipped where they are missing, demanded where CI runs."""

import os
import shutil
from pathlib import Path

import pytest

LDK = Path(__file__).parent / "ldk"


def need(name: str, present: bool) -> None:
    """Skips the tests of a peer that is not installed; with CI=true that is a failure."""
    if present:
        return
    sentence = f"{name} is not installed: `make ci-deps` does it"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def need_ldk() -> None:
    """LDK runs in Node.js."""
    installed = (LDK / "node_modules" / "lightningdevkit").is_dir()
    need("LDK", installed and shutil.which("node") is not None)


def need_electrum() -> None:
    """Debian's package."""
    present = shutil.which("electrum") is not None and shutil.which("setpriv") is not None
    need("Electrum", present)
