"""`tipdesk people`: the book of people of a running TipDesk."""

import argparse
import asyncio
from pathlib import Path
from typing import Final

from tipdesk.app.profiles import default_profile
from tipdesk.app.remote import ask
from tipdesk.base.phrase import plain
from tipdesk.base.units import Msat
from tipdesk.tips.person import Reach

_HELP: Final = {
    Reach.NPUB: "their key on Nostr",
    Reach.NIP05: "their name on Nostr (NIP-05), like ana@example.com",
    Reach.ADDRESS: "their lightning address",
    Reach.PAYMENT_NAME: "their payment name (BIP 353), like \u20bfana@example.com",
    Reach.NODE: "the public key of their node",
    Reach.OFFER: "their offer (BOLT 12)",
}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `people` with what can be done to the book."""
    parser = commands.add_parser(
        "people",
        help="list the people in your book, add, change and remove them",
        description="People whom you send money to, with the ways to reach them. Nobody else sees "
        "the book. Asks the TipDesk that has the profile open.",
    )
    parser.add_argument("--profile", type=Path, help="the profile's folder")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show everybody, with what went each way")
    listing.add_argument("words", nargs="*", help="only those whom all of these words fit")
    listing.set_defaults(run=_list)
    add = actions.add_parser("add", help="add somebody, and print their number")
    add.add_argument("name", help="what you call them")
    _add_fields(add)
    add.set_defaults(run=_add)
    change = actions.add_parser("change", help="change an entry; an empty text takes one out")
    change.add_argument("id", type=int, help="as `list` shows it")
    change.add_argument("--name", help="what you call them")
    _add_fields(change)
    change.set_defaults(run=_change)
    remove = actions.add_parser("remove", help="take somebody out of the book")
    remove.add_argument("id", type=int, help="as `list` shows it")
    remove.set_defaults(run=_remove)


def _add_fields(parser: argparse.ArgumentParser) -> None:
    for reach, words in _HELP.items():
        option = f"--{reach.value.replace('_', '-')}"
        parser.add_argument(option, dest=reach.value, help=words)
    parser.add_argument("--notes", help="your own words about them")
    parser.add_argument("--usual-sat", type=int, help="what you usually send; 0 for none")


def _list(arguments: argparse.Namespace) -> int:
    words = {"words": " ".join(arguments.words)}
    for one in asyncio.run(ask(_folder(arguments), "people", words)):
        ways = ", ".join(_short(text) for text in one["ways"].values())
        sent, came = plain(Msat(one["sent_msat"])), plain(Msat(one["received_msat"]))
        line = f"{one['id']}  {one['title']}: {ways or 'no way to reach them'}; {sent} sent, {came}"
        print(f"{line} received")  # noqa: T201 - the command's answer
    return 0


def _add(arguments: argparse.Namespace) -> int:
    fields = {"name": arguments.name, **_fields(arguments)}
    answer = asyncio.run(ask(_folder(arguments), "add_person", fields))
    print(answer["id"])  # noqa: T201 - the command's answer
    return 0


def _change(arguments: argparse.Namespace) -> int:
    fields = {"id": arguments.id, **_fields(arguments)}
    if arguments.name is not None:
        fields["name"] = arguments.name
    asyncio.run(ask(_folder(arguments), "change_person", fields))
    print("Changed.")  # noqa: T201 - the command's answer
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    asyncio.run(ask(_folder(arguments), "remove_person", {"id": arguments.id}))
    print("Removed. What was paid stays in the history.")  # noqa: T201 - the command's answer
    return 0


def _fields(arguments: argparse.Namespace) -> dict[str, object]:
    """What was given, by the names of the control port."""
    names = (*(reach.value for reach in Reach), "notes")
    given = {name: getattr(arguments, name) for name in names}
    found: dict[str, object] = {name: text for name, text in given.items() if text is not None}
    if arguments.usual_sat is not None:
        found["usual_msat"] = arguments.usual_sat * 1_000
    return found


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:20]}\u2026{text[-10:]}"


def _folder(arguments: argparse.Namespace) -> Path:
    folder: Path = arguments.profile or default_profile()
    return folder
