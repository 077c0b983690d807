"""`tipdesk practice`: runs the practice network, or talks to the one that runs."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from tipdesk.app.profiles import default_folder
from tipdesk.app.remote import ask
from tipdesk.app.stopping import stop_on_signals, stop_with_stdin

if TYPE_CHECKING:
    from tipdesk.practice.network import PracticeNetwork


def default_practice_folder() -> Path:
    """Where the practice network keeps its data unless told otherwise: where the demo's is."""
    return default_folder() / "demo" / "practice"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `practice` and its sub-commands."""
    practice = commands.add_parser(
        "practice",
        help="run a whole Lightning and Nostr network on this machine",
        description="Runs regtest chain, Electrum server, relay, three routing nodes and three "
        "creators on loopback until stopped. With a sub-command it talks to the running one.",
    )
    practice.add_argument("--dir", type=Path, help="data folder (default: in your user data)")
    practice.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    practice.add_argument("--end-with-stdin", action="store_true", help=argparse.SUPPRESS)
    practice.set_defaults(run=run)
    actions = practice.add_subparsers(dest="action", metavar="ACTION")
    mine = actions.add_parser("mine", help="find blocks now")
    mine.add_argument("count", type=int)
    fund = actions.add_parser("fund", help="send practice coins to an address")
    fund.add_argument("address")
    fund.add_argument("amount_sat", type=int, metavar="SAT")
    actions.add_parser("status", help="height, and which nodes are running")
    actions.add_parser("stop", help="end the running network")
    for name, text in (
        ("kill", "end a node without warning"),
        ("halt", "end a node in order"),
        ("freeze", "have a node answer nothing: payments through it hang"),
        ("thaw", "have it go on"),
        ("start", "start it again"),
    ):
        one = actions.add_parser(name, help=text)
        one.add_argument("name")


def run(arguments: argparse.Namespace) -> int:
    """Runs the network or one call."""
    folder: Path = arguments.dir or default_practice_folder()
    if arguments.action is None:
        asyncio.run(_serve(folder, arguments))
        return 0
    names = ("count", "address", "amount_sat", "name")
    params = {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}
    answer = asyncio.run(ask(folder, arguments.action, params))
    if answer:
        print(json.dumps(answer, indent=1))  # noqa: T201 - the command's answer
    return 0


async def _serve(folder: Path, arguments: argparse.Namespace) -> None:
    # Chain, judge and relay are loaded by whoever runs them, and by no other command.
    from tipdesk.practice.network import PracticeNetwork

    stop = stop_on_signals()
    if arguments.end_with_stdin:
        stop_with_stdin(stop)
    network = PracticeNetwork(folder)
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(network.run(ready))
        waiter = tasks.create_task(ready.wait())
        await asyncio.wait({running, waiter}, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        if not ready.is_set():
            return
        description = network.description()
        text = json.dumps(description) if arguments.json else _sentence(description)
        print(text, flush=True)  # noqa: T201 - the command's answer
        stopper = tasks.create_task(_stop_when(stop, network))
        await running
        stopper.cancel()


async def _stop_when(stop: asyncio.Event, network: "PracticeNetwork") -> None:
    await stop.wait()
    network.stop()


def _sentence(description: dict[str, object]) -> str:
    lines = [f"The practice network is up in {description['folder']}."]
    lines += [f"  {name}: {value}" for name, value in description.items() if name != "event"]
    return "\n".join(lines)
