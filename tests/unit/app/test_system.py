"""How TipDesk starts itself: as a module under Python, as the executable that a package is."""

import subprocess
import sys

import pytest

import tipdesk
from tipdesk.app.system import own_command


def test_under_python_a_further_process_is_the_same_tipdesk() -> None:
    said = subprocess.run([*own_command(), "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"TipDesk {tipdesk.__version__}"


def test_a_package_starts_its_own_executable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command() == (sys.executable,)
