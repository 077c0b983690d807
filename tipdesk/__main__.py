"""`python -m tipdesk` and the `tipdesk` command: hands over to a front end."""

import sys

from tipdesk.cli.main import build_parser, run


def main() -> int:
    """The command's exit code."""
    parser, commands = build_parser()
    argv = sys.argv[1:]
    if "demo" in argv or not argv or set(argv) & {"-h", "--help"}:
        # Qt is loaded only where a window may come of it: a server needs neither it nor its memory.
        from tipdesk.demo.command import add_command

        add_command(commands)
    return run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
