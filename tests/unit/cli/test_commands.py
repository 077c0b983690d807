"""The command line: help for everything, one sentence for every refusal."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.practising import ROOT
from tipdesk.__main__ import main

COMMANDS = (
    ("serve",),
    ("export",),
    ("connections",),
    *(("connections", one) for one in ("list", "create", "revoke")),
    ("people",),
    *(("people", one) for one in ("list", "add", "change", "remove")),
    ("practice",),
    ("demo",),
    *(("practice", one) for one in ("mine", "fund", "status", "stop", "kill", "halt", "start")),
)


def tipdesk(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tipdesk", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_says_what_it_can_do() -> None:
    done = tipdesk("--help")
    assert done.returncode == 0, done.stderr
    assert "usage: tipdesk" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["tipdesk", *command, "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    assert said.out.startswith(" ".join(("usage: tipdesk", *command)))


def test_a_command_that_is_not_there_is_refused_with_usage() -> None:
    done = tipdesk("frobnicate")
    assert done.returncode == 2
    assert "usage" in done.stderr


def test_asking_a_network_that_does_not_run_is_one_sentence(tmp_path: Path) -> None:
    done = tipdesk("practice", "--dir", str(tmp_path), "status")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"tipdesk: No TipDesk is running in {tmp_path}.\n"


@pytest.mark.parametrize(
    "options", [("--tips", "0"), ("--tips", "10001"), ("--amount-sat", "0")], ids=" ".join
)
def test_a_demo_of_nothing_is_refused_before_anything_starts(
    tmp_path: Path, options: tuple[str, str]
) -> None:
    done = tipdesk("demo", "--headless", "--dir", str(tmp_path / "demo"), *options)
    assert done.returncode == 1
    assert done.stderr.startswith("tipdesk: ")
    assert not (tmp_path / "demo").exists()


def test_a_passphrase_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    done = tipdesk("serve", "--profile", str(tmp_path / "p"), "--passphrase-file", str(missing))
    assert done.returncode == 1
    assert str(missing) in done.stderr
    assert "Traceback" not in done.stderr
