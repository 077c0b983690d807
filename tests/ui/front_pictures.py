"""The steps of the program's start; `gallery` renders them."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dataclasses import replace

from tests.ui.settings_pictures import RUNE_LINK
from tests.ui.stage_front import StageDoor
from tests.ui.stage_wallets import ATTIC
from tipdesk.base.errors import StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.services.front import BroughtWallet, ProfileEntry
from tipdesk.tips.any_link import wallet_link
from tipdesk.ui.viewmodels.front import FrontViewModel, Step
from tipdesk.ui.viewmodels.front_draft import You

SIZES = ((1_280, 800), (1_024, 700))
ENTRIES = [
    ProfileEntry(name="main", network="mainnet", needs_passphrase=True),
    ProfileEntry(name="practice", network="regtest", is_practice=True),
]


def show_step(name: str, model: FrontViewModel, door: StageDoor) -> None:
    """Brings the window to what is to be seen."""
    door.entries = list(ENTRIES) if name in ("welcome-again", "unlock", "failed") else []
    model.show_welcome()
    model.make_restored() if name.startswith("words") else model.make_new()
    match name:
        case "welcome" | "welcome-again":
            model.show_welcome()
        case "money":
            model.problem = "Tick the box if you accept the risk."
        case "servers" | "you" | "you-key" | "keys" | "keys-file":
            model.step = Step[name.partition("-")[0].upper()]
            if name == "you-key":
                model.draft.you = You.BROUGHT
                model.draft.nsec = "nsec1" + "q" * 58
            model.draft.name = "Robin"
            model.draft.in_keyring = name != "keys-file"
            model.draft.passphrase = "correct horse"
        case "own":
            model.bring_wallet()
        case "own-found":
            model.bring_wallet()
            draft = model.wallet_draft
            draft.paste(RUNE_LINK)
            link, facts = wallet_link(RUNE_LINK), replace(ATTIC, network=Network.MAINNET)
            draft.facts = facts
            model.draft.brought = BroughtWallet(link=link, facts=facts, network="mainnet")
            draft.changed.emit()
        case "unlock":
            model.open(ENTRIES[0])
            model.problem = "That does not open it: another passphrase made it."
        case "starting":
            model.step = Step.STARTING
            model.progress = "Opening a channel with the first routing node"
        case "failed":
            model.entry = ENTRIES[0]
            model.failed(
                StorageError(
                    Phrase("Another TipDesk has this profile open. Close that one, and try again.")
                )
            )
    model.changed.emit()


NAMES = (
    *("welcome", "welcome-again", "money", "servers", "you", "you-key", "keys", "keys-file"),
    *("words", "own", "own-found", "unlock", "starting", "failed"),
)
