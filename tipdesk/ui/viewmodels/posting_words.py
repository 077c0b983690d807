"""What relays made of a post of ours, in words."""

from tipdesk.ports.writing import Posting, RelayOutcome, RelayState
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.viewmodels.said import Said


def fate(posting: Posting) -> Said:
    """Whether others can read it, and what to do if not."""
    total = len(posting.relays)
    taken = sum(one.state is RelayState.ACCEPTED for one in posting.relays)
    if taken == total:
        return Said(tn(total, "The relay has it.", "All {count} relays have it."), "good")
    if taken:
        return Said(
            t("{taken} of {total} relays have it: others can read it.", taken=taken, total=total),
            "good",
        )
    if posting.is_waiting:
        return Said(tn(total, "Sending it to {count} relay …", "Sending it to {count} relays …"))
    return Said(
        t(
            "No relay has it yet, so nobody else can read it. It stays in your feed here. "
            "Try again in a while: the same post is sent, never a second one."
        ),
        "bad",
    )


def mark(posting: Posting | None) -> tuple[str, str]:
    """What stands at a post of ours until a relay took it, and its tone."""
    if posting is None or posting.is_taken:
        return "", "calm"
    return (t("Sending …"), "busy") if posting.is_waiting else (t("On no relay yet"), "bad")


def state_words(outcome: RelayOutcome) -> tuple[str, str]:
    """A relay's answer in a word, and its tone."""
    match outcome.state:
        case RelayState.ACCEPTED:
            return t("has it"), "good"
        case RelayState.REFUSED:
            return t("refused"), "bad"
        case RelayState.SILENT:
            return t("no answer"), "bad"
        case RelayState.WAITING:
            return t("asking …"), "busy"


def reason(outcome: RelayOutcome) -> str:
    """The relay's own words, as it sent them."""
    said = words.line(outcome.message)
    if outcome.state is RelayState.REFUSED:
        return t("It says: {words}", words=said) if said else t("It gave no reason.")
    return said if outcome.state is RelayState.SILENT else ""
