"""Programs that a tip starts: given what they need, ended in time, never through a shell."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from tests.waiting import eventually
from tipdesk.adapters.desk.programs import VOICES, ProgramRunner, SystemSpeaker
from tipdesk.ports.desk import CommandFailed, CommandRunner, Speaker

RUN: CommandRunner = ProgramRunner()


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *arguments)


async def test_a_program_gets_its_arguments_and_input_as_they_are(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = "import sys; open(sys.argv[1], 'w').write(sys.argv[2] + sys.stdin.read())"
    hostile = "$(touch pwned); `id` && \"'"
    await RUN.run(python(code, str(out), hostile), b" & more", timeout=20)
    assert out.read_text() == hostile + " & more"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/no/such/program",), "cannot be started: No such file"),
        ((), "cannot be started"),
        (("a\0b",), "cannot be started"),
        (python("raise SystemExit(3)"), "ended with the error 3"),
    ],
)
async def test_what_went_wrong_is_said(command: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandFailed, match=why):
        await RUN.run(command, b"x" * 100_000, timeout=20)


async def test_a_program_is_ended_in_time_with_what_it_started(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "open(sys.argv[1], 'w').write(str(child.pid)); time.sleep(60)"
    )
    began = time.monotonic()
    with pytest.raises(CommandFailed, match=r"took longer than 1\.5 seconds"):
        await RUN.run(python(code, str(pid_file)), b"", timeout=1.5)
    assert time.monotonic() - began < 10
    await eventually(lambda: not is_alive(int(pid_file.read_text())), "the child is gone")


async def test_a_program_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.ensure_future(RUN.run(python(code, str(started)), b"", timeout=60))
    await eventually(lambda: started.exists() and bool(started.read_text()), "started")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: not is_alive(int(started.read_text())), "gone")


@pytest.mark.parametrize(
    ("platform", "there", "chosen"),
    [
        ("linux", {"spd-say", "espeak-ng"}, "spd-say"),
        ("linux", {"espeak-ng"}, "espeak-ng"),
        ("linux", set(), None),
        ("darwin", {"say"}, "say"),
        ("win32", {"powershell"}, "powershell"),
        ("plan9", {"say"}, None),
    ],
)
def test_the_systems_own_voice_is_used(platform: str, there: set[str], chosen: str | None) -> None:
    speaker: Speaker = SystemSpeaker(
        ProgramRunner(), platform=platform, find=lambda name: name if name in there else None
    )
    assert speaker.command == chosen


def test_no_voice_takes_text_where_it_could_be_an_option() -> None:
    for voices in VOICES.values():
        for voice in voices:
            assert not voice.takes_argument or voice.command[-1] == "--"


async def test_the_text_reaches_the_voice_and_no_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    for name, code in {
        "spd-say": f'#!/bin/sh\nprintf "%s|" "$@" >> {said}\nexit 0\n',
        "espeak-ng": f"#!/bin/sh\ncat >> {said}\n",
    }.items():
        (tmp_path / name).write_text(code)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    await SystemSpeaker(ProgramRunner(), platform="linux").speak("-x $(id)")
    assert said.read_text() == "--wait|--|-x $(id)|"
    (tmp_path / "spd-say").unlink()
    said.unlink()
    only_ours = lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None  # noqa: E731
    await SystemSpeaker(ProgramRunner(), platform="linux", find=only_ours).speak("-x $(id)")
    assert said.read_text() == "-x $(id)"


async def test_where_there_is_no_voice_that_is_said() -> None:
    with pytest.raises(CommandFailed, match="install speech-dispatcher or espeak-ng"):
        await SystemSpeaker(ProgramRunner(), platform="linux", find=lambda _: None).speak("x")


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
