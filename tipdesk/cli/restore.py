"""`tipdesk restore`: a lost profile comes back from its words and its channel backup."""

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from tipdesk.app.config import InvalidSettings, Settings, from_table
from tipdesk.app.profiles import default_profile
from tipdesk.app.restore import BackupUnreadable, RestoreRequest, restore_profile
from tipdesk.cli.serve import passphrase_from


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `restore`."""
    parser = commands.add_parser(
        "restore",
        help="bring a lost profile back from its words and its channel backup",
        description="Makes a new profile from the backup words, read from a file or from standard "
        "input. With the channel backup (the file channels.backup) the channels' peers are asked "
        "to close when the profile is started; nothing is broadcast from this side. Without it, "
        "name peers that may have kept a copy.",
    )
    parser.add_argument("--profile", type=Path, help="the new profile's folder")
    parser.add_argument("--words-file", type=Path, help="file with the words; or standard input")
    parser.add_argument("--backup", type=Path, help="the file channels.backup")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NODE@HOST:PORT", help="may have a copy"
    )
    parser.add_argument("--network", default="regtest", help="as in the lost profile")
    parser.add_argument(
        "--chain-server", action="append", default=[], metavar="ADDRESS", help="where to ask"
    )
    parser.add_argument("--passphrase-file", type=Path, help="file whose first line is it")
    parser.add_argument("--practice", action="store_true", help="vault with a key file beside it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Makes the profile and says what comes next."""
    folder: Path = arguments.profile or default_profile()
    request = RestoreRequest(
        settings=_settings(arguments),
        words=tuple(_read_words(arguments.words_file).split()),
        backup=None if arguments.backup is None else _read(arguments.backup),
        peers=tuple(arguments.peer),
    )
    passphrase = passphrase_from(arguments.passphrase_file)
    count = asyncio.run(
        restore_profile(folder, request, practice=arguments.practice, passphrase=passphrase)
    )
    print(  # noqa: T201 - the command's answer
        f"The profile is in {folder}. Start TipDesk with it: it looks for your coins by the words, "
        f"and asks the peers of {count} channel{'' if count == 1 else 's'} to close. What was "
        "yours in them arrives on chain once they have; do not open this profile anywhere else."
    )
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    table = {"network": arguments.network, "chain_servers": arguments.chain_server}
    settings = from_table(table, "the command line")
    if not settings.chain_servers:
        raise InvalidSettings("Name a chain server with --chain-server. Nothing was changed.")
    return replace(settings, alias="TipDesk")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BackupUnreadable(path, error.strerror or str(error)) from error


def _read_words(path: Path | None) -> str:
    if path is None:
        return sys.stdin.read(10_000)
    return _read(path)[:10_000].decode("utf-8", "replace")
