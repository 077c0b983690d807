"""`CommandRunner` and `Speaker` over programs of this machine. No shell sees a stranger's text.

A program gets its arguments as a list and what strangers wrote on its input, where that is to be
had; it is ended, with all that it started, when its time is over or nobody waits for it any more.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tipdesk.base.phrase import Phrase
from tipdesk.ports.desk import CommandFailed

SPEECH_SECONDS: Final = 30.0
_DYING_SECONDS: Final = 2.0


class ProgramRunner:
    """See `CommandRunner`."""

    async def run(self, command: tuple[str, ...], given: bytes, *, timeout: float) -> None:
        """See `CommandRunner.run`."""
        name = command[0] if command else ""
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                # Its own group: what it starts can be ended with it.
                start_new_session=os.name == "posix",
            )
        except (OSError, ValueError, TypeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise CommandFailed(name, Phrase("cannot be started: {why}", why=why)) from None
        try:
            async with asyncio.timeout(timeout):
                await process.communicate(given)
        except TimeoutError:
            raise CommandFailed(
                name, Phrase("took longer than {seconds} seconds", seconds=f"{timeout:g}")
            ) from None
        finally:
            if process.returncode is None:
                await _end(process)
        if process.returncode:
            raise CommandFailed(
                name, Phrase("ended with the error {code}", code=str(process.returncode))
            )


async def _end(process: asyncio.subprocess.Process) -> None:
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        return
    async with asyncio.timeout(_DYING_SECONDS):
        await process.wait()


@dataclass(frozen=True, slots=True)
class Voice:
    """A program that reads aloud what it is given: as its last argument, or on its input.

    `silence` ends what another process of the program is saying.
    """

    command: tuple[str, ...]
    takes_argument: bool = False
    silence: tuple[str, ...] = ()


_POWERSHELL: Final = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)
VOICES: Final[Mapping[str, tuple[Voice, ...]]] = {
    "linux": (
        Voice(("spd-say", "--wait", "--"), takes_argument=True, silence=("spd-say", "--cancel")),
        Voice(("espeak-ng", "--stdin")),
    ),
    "darwin": (Voice(("say", "-f", "-")),),
    "win32": (Voice(("powershell", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)),),
}
"""For each platform, the first that is there is used."""


class SystemSpeaker:
    """See `Speaker`."""

    def __init__(
        self,
        runner: ProgramRunner,
        *,
        platform: str = sys.platform,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._runner = runner
        there = (voice for voice in VOICES.get(platform, ()) if find(voice.command[0]))
        self._voice: Voice | None = next(there, None)

    @property
    def command(self) -> str | None:
        """See `Speaker.command`."""
        return None if self._voice is None else self._voice.command[0]

    async def speak(self, text: str) -> None:
        """See `Speaker.speak`. Ended after thirty seconds."""
        voice = self._voice
        if voice is None:
            raise CommandFailed(
                "speech", Phrase("is not there: install speech-dispatcher or espeak-ng")
            )
        command = (*voice.command, text) if voice.takes_argument else voice.command
        given = b"" if voice.takes_argument else text.encode()
        is_said = False
        try:
            await self._runner.run(command, given, timeout=SPEECH_SECONDS)
            is_said = True
        finally:
            if voice.silence and not is_said:
                # It may be that there is nothing to end; what is told is why it was not said.
                with contextlib.suppress(CommandFailed):
                    await self._runner.run(voice.silence, b"", timeout=_DYING_SECONDS)
