"""The manual's page on private sends, out of the tables that the window shows.

`python -m tests.leak_page` writes it anew; a test compares the two.
"""

from pathlib import Path
from typing import Final

from tipdesk.tips.leaks import (
    WHAT_STILL_LEAKS,
    Circumstances,
    Fact,
    Party,
    Row,
    SendWay,
    leaks,
)

PAGE: Final = Path(__file__).parents[1] / "resources" / "help" / "private-sends.md"

_INTRODUCTION = """# Private sends: who learns what

Money and a message from one person to another. Nothing is published. Before anything is asked, the
page shows the table of the way that is chosen, the most private way first; a weaker way is taken
only once you have seen what would be lost and said so.

**How each row was shown.** Every row names the test that holds it against what that party really
saw. In `tests/practice/test_private_sends.py` five nodes stand in a line, the sender at one end and
the receiver at the other, with a server of a lightning address, a name server and a watcher of the
sender's connections. Each keeps all it is told: every message before it is encrypted and after it
is decrypted, all that its own key opens of an onion, every request with where it came from. Out of
that `tests/practice/judging.py` works out what follows for the party, and the outcome has to be the
row. That the search would find a message, however it is written, is a test of its own.

The words: **no**, it follows from nothing that they see; **may guess**, it does not follow and is
likely all the same; **about**, the amount with fees or one part of it; **yes**.
"""
_WAYS = {
    SendWay.OFFER: "You have an offer of theirs (BOLT 12): their wallet is asked for an invoice in "
    "an onion message, with a key made for this once, and is paid over a path whose end it hid. "
    "The message is inside the onion of the request.",
    SendWay.NAME: "Their name stands for an offer (BIP 353), which is looked up first. The answer "
    "is believed for its signatures, from the root of the domain name system down; what proves it "
    "is kept.",
    SendWay.KEYSEND: "You have the key of their node (bLIP 3): it is paid unasked, and the message "
    "is a record that the last onion layer holds. They are not asked before, and there is no proof "
    "of payment after.",
    SendWay.ADDRESS: "Their lightning address (LUD-16) leads to a server, which makes the invoice. "
    "It gets your message only if you insist.",
}
_ROW = "tests/practice/test_private_sends.py::test_a_party_sees_what_the_table_says"
_CHANGES = (
    (
        "Every connection goes through a proxy such as Tor",
        Circumstances(through_proxy=True),
        "test_private_sends.py::test_through_a_proxy_a_party_sees_what_the_table_says",
    ),
    (
        "The receiver is the other side of one of your channels",
        Circumstances(is_direct=True),
        "test_private_sends.py::test_whoever_shares_a_channel_with_the_payee_is_seen_by_it",
    ),
    (
        "You let the server of an address have the message",
        Circumstances(message_in_clear=True),
        "test_private_sends.py::test_an_addresss_server_that_may_reads_the_message",
    ),
    (
        "You tell them by a private message that it was you (NIP-17)",
        Circumstances(message_by_nostr=True),
        "test_private_words.py::test_messages_and_a_private_tip_are_seen_by_the_two_alone",
    ),
)
_NOT_SHOWN = """
Beside these, of which only the first has a test
(`test_the_hash_is_the_same_along_the_whole_way`):

- Two nodes that talk to each other know by the hash that they carried the same payment. Lightning
  has no remedy yet (that would be PTLCs).
- A path that hides our end begins at a channel partner of ours, the only node before us: who knows
  that we are behind that partner has a short list.
- No connection is opened to a node only to ask it for an invoice: if no way over connected nodes
  that carry onion messages is known, the send says so.
- How long an answer takes, when a node is online, and how amounts and moments fit together is what
  somebody with many nodes can study. Nothing here hides it.
- Who watches both ends of a Tor circuit can match them.
"""


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for way in SendWay:
        parts.append(f"## {way.value}\n\n{_WAYS[way]}\n")
        rows = leaks(way, Circumstances())
        parts.append(_table(rows, {row.party: f"[{_id(way)}-{_id(row.party)}]" for row in rows}))
    parts.append(f"The last column is the case of\n`{_ROW}`.\n")
    parts.append("## What changes a table\n")
    parts += [_change(title, given, shown) for title, given, shown in _CHANGES]
    parts.append("## What still leaks\n")
    parts.append("\n".join(f"- {sentence}" for sentence in WHAT_STILL_LEAKS))
    parts.append(_NOT_SHOWN)
    return "\n".join(parts)


def _change(title: str, given: Circumstances, shown: str) -> str:
    """The rows that are not as they usually are, for each way that has any."""
    found: dict[tuple[str, ...], list[str]] = {}
    for way in SendWay:
        usual = {row.party: row for row in leaks(way, Circumstances())}
        for row in leaks(way, given):
            if row.learns != usual[row.party].learns:
                found.setdefault(_cells(row), []).append(str(way.value))
    lines = [" | ".join((", ".join(ways), *cells)) for cells, ways in found.items()]
    head = f"| Way | Party | {' | '.join(str(f.value) for f in Fact)} | Why |\n|{' --- |' * 7}"
    body = "\n".join(f"| {line} |" for line in lines)
    return f"**{title}**, shown by\n`{shown}`:\n\n{head}\n{body}\n"


def _table(rows: tuple[Row, ...], shown: dict[Party, str]) -> str:
    head = f"| Party | {' | '.join(str(f.value) for f in Fact)} | Why | Shown by |"
    lines = [f"| {' | '.join((*_cells(row), shown[row.party]))} |" for row in rows]
    return "\n".join((head, f"|{' --- |' * 7}", *lines)) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        str(row.party.value),
        *(str(row.learns[fact].value) for fact in Fact),
        str(row.why),
    )


def _id(one: SendWay | Party) -> str:
    return one.name.lower()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
