"""`tipdesk serve`: a node, and what it serves, without a window."""

import argparse
import asyncio
import os
from pathlib import Path

from tipdesk.app.profiles import default_profile
from tipdesk.app.serve import serve
from tipdesk.base.errors import RequestError


class PassphraseUnreadable(RequestError):
    """The passphrase file cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The passphrase file {path} cannot be read: {why}.")


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `serve`."""
    parser = commands.add_parser(
        "serve",
        help="run a profile's node and lightning address without a window",
        description="Runs a profile without a window until stopped. The passphrase of its vault "
        "comes from a file or from a systemd credential called tipdesk-passphrase.",
    )
    parser.add_argument("--profile", type=Path, help="the profile's folder")
    parser.add_argument("--passphrase-file", type=Path, help="file whose first line is it")
    parser.add_argument("--practice", action="store_true", help="vault with a key file beside it")
    parser.add_argument("--end-with-stdin", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs until stopped."""
    folder: Path = arguments.profile or default_profile()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passphrase = passphrase_from(arguments.passphrase_file)
    asyncio.run(
        serve(
            folder,
            practice=arguments.practice,
            passphrase=passphrase,
            end_with_stdin=arguments.end_with_stdin,
        )
    )
    return 0


def passphrase_from(path: Path | None) -> bytes | None:
    """The vault's passphrase: the first line of a file, or a systemd credential."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if path is None and credentials is not None:
        candidate = Path(credentials) / "tipdesk-passphrase"
        path = candidate if candidate.exists() else None
    if path is None:
        return None
    try:
        return path.read_bytes().split(b"\n")[0]
    except OSError as error:
        raise PassphraseUnreadable(path, error.strerror or str(error)) from error
