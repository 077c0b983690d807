"""A keyring in memory, and vault files whose key costs next to nothing."""

from pathlib import Path

import pytest

from tests.keyrings import MemoryKeyring
from tipdesk.adapters.secrets import keyring as keyrings
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.base.entropy import Entropy


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    found = MemoryKeyring()
    monkeypatch.setattr(keyrings, "trusted_backend", lambda: found)
    return found


@pytest.fixture
def cheap_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vault files whose key costs next to nothing."""
    opened = FileVault.open

    async def cheap(path: Path, passphrase: bytes, entropy: Entropy) -> FileVault:
        return await opened(path, passphrase, entropy, cost=4)

    monkeypatch.setattr(FileVault, "open", cheap)
