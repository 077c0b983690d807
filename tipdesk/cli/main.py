"""The command line: `tipdesk COMMAND --help` says what each does."""

import argparse
import sys
from collections.abc import Sequence

import tipdesk
from tipdesk.app.logs import set_up_logs
from tipdesk.base.errors import TipDeskError
from tipdesk.cli import connections, export, people, practice, restore, serve


def build_parser() -> (
    "tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]"
):
    """The parser, and where further commands are added."""
    parser = argparse.ArgumentParser(
        prog="tipdesk",
        description="Tip people over the Lightning Network. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"TipDesk {tipdesk.__version__}")
    parser.add_argument(
        "--log", default="warning", metavar="LEVEL", help="debug, info, warning (default) or error"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    serve.add_command(commands)
    restore.add_command(commands)
    export.add_command(commands)
    connections.add_command(commands)
    people.add_command(commands)
    practice.add_commands(commands)
    return parser, commands


def run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> int:
    """Runs a command; what is refused is one sentence on stderr and exit code 1."""
    arguments = parser.parse_args(argv)
    set_up_logs(arguments.log)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return 2
    code = 0
    try:
        code = arguments.run(arguments)
    except* TipDeskError as group:
        for error in _leaves(group):
            print(f"tipdesk: {error}", file=sys.stderr)  # noqa: T201 - the command's answer
        code = 1
    except* KeyboardInterrupt:
        code = 130
    return code


def _leaves(group: BaseExceptionGroup[TipDeskError]) -> list[TipDeskError]:
    found: list[TipDeskError] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
