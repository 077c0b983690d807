"""A profile's secrets are made once; what a keyring lost is asked for, never made anew."""

import asyncio
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.fakes import FakeEntropy
from tests.keyrings import MemoryKeyring
from tipdesk.adapters.secrets import keyring as keyrings
from tipdesk.adapters.secrets.keyring import KeyringMissing
from tipdesk.adapters.wallet.words import new_words
from tipdesk.app.core import open_money
from tipdesk.app.identity import (
    NOSTR_KEY,
    WORDS,
    KnownSecrets,
    NostrKeyGone,
    OtherWords,
    WordsGone,
    open_identity,
)
from tipdesk.app.profile import SECRETS, NoVaultYet, PassphraseNeeded, open_vault
from tipdesk.app.restore import bring_nostr_key_back, bring_words_back
from tipdesk.app.system import SystemEntropy
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.ports.secrets import SecretVault
from tipdesk.ports.wallet import InvalidWords

pytestmark = pytest.mark.usefixtures("cheap_vaults")

PASSPHRASE = b"a long passphrase"
OTHER = " ".join(new_words(b"\x07" * 16))


class Seen(NamedTuple):
    """What of an identity is compared."""

    words: tuple[str, ...]
    nostr: bytes


async def opened(folder: Path, passphrase: bytes | None = None) -> Seen:
    """As `open_core` opens a profile."""
    database = open_money(folder, Network.SIGNET)
    try:
        known = KnownSecrets(folder, database)
        entropy = SystemEntropy()
        vault = await open_vault(
            folder,
            entropy,
            practice=False,
            passphrase=passphrase,
            has_wallet=known.has_wallet,
        )
        identity = await open_identity(vault, entropy, known)
        return Seen(identity.words, identity.nostr_key.secret)
    finally:
        database.close()


async def vault_of(folder: Path, passphrase: bytes | None = None) -> SecretVault:
    return await open_vault(folder, FakeEntropy(), practice=False, passphrase=passphrase)


async def test_a_new_profile_gets_words_and_keeps_them(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    first = await opened(tmp_path)
    assert len(first.words) == 12
    assert await opened(tmp_path) == first


async def test_words_that_the_keyring_lost_are_never_made_anew(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    await opened(tmp_path)
    del keyring.entries[f"tipdesk:{tmp_path}", WORDS]
    with pytest.raises(WordsGone, match="No new words were made"):
        await opened(tmp_path)
    assert (f"tipdesk:{tmp_path}", WORDS) not in keyring.entries


async def test_a_folder_that_was_moved_asks_for_its_words(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    await asyncio.to_thread(before.mkdir)
    await opened(before)
    await asyncio.to_thread(before.rename, after)
    with pytest.raises(WordsGone, match="the folder was moved"):
        await opened(after)


async def test_a_wallet_from_before_fingerprints_is_a_wallet(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    database = open_money(tmp_path, Network.SIGNET)
    database.write("INSERT INTO wallet_changes (change) VALUES (?)", (b"descriptors",))
    database.commit()
    database.close()
    with pytest.raises(WordsGone):
        await opened(tmp_path)
    assert keyring.entries == {}


async def test_words_of_another_wallet_do_not_open_this_one(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    await opened(tmp_path)
    await (await vault_of(tmp_path)).put(WORDS, OTHER.encode())
    with pytest.raises(OtherWords, match="Nothing was changed"):
        await opened(tmp_path)


async def test_the_right_words_bring_the_wallet_back_and_no_others(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    first = await opened(tmp_path)
    vault = await vault_of(tmp_path)
    await vault.delete(WORDS)
    for text, error in ((OTHER, OtherWords), ("legal winner", InvalidWords)):
        with pytest.raises(error):
            await bring_words_back(tmp_path, Network.SIGNET, text, passphrase=None)
    assert await vault.get(WORDS) is None
    typed = "  ".join(first.words).upper()
    await bring_words_back(tmp_path, Network.SIGNET, typed, passphrase=None)
    assert await opened(tmp_path) == first


async def test_words_can_come_back_into_a_vault_where_there_is_no_keyring_any_more(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await opened(tmp_path)
    monkeypatch.setattr(keyrings, "trusted_backend", lambda: None)
    with pytest.raises(KeyringMissing):
        await opened(tmp_path)
    with pytest.raises(NoVaultYet, match="none was made"):
        await opened(tmp_path, PASSPHRASE)
    assert not await asyncio.to_thread((tmp_path / "vault").exists)
    words = " ".join(first.words)
    await bring_words_back(tmp_path, Network.SIGNET, words, passphrase=PASSPHRASE)
    with pytest.raises(NostrKeyGone, match="Your money is safe"):
        await opened(tmp_path, PASSPHRASE)
    key = PrivateKey(first.nostr)
    await bring_nostr_key_back(tmp_path, Network.SIGNET, key, passphrase=PASSPHRASE)
    assert await opened(tmp_path, PASSPHRASE) == first


async def test_a_nostr_key_that_is_gone_is_not_made_anew_until_it_is_wanted(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    first = await opened(tmp_path)
    await (await vault_of(tmp_path)).delete(NOSTR_KEY)
    with pytest.raises(NostrKeyGone):
        await opened(tmp_path)
    await bring_nostr_key_back(tmp_path, Network.SIGNET, None, passphrase=None)
    second = await opened(tmp_path)
    assert second.words == first.words
    assert second.nostr != first.nostr


async def test_a_new_profile_without_a_keyring_asks_for_a_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyrings, "trusted_backend", lambda: None)
    with pytest.raises(PassphraseNeeded, match="no keyring"):
        await opened(tmp_path)
    assert await opened(tmp_path, PASSPHRASE) == await opened(tmp_path, PASSPHRASE)


def test_every_secret_that_a_service_keeps_is_moved() -> None:
    links = {f"wallet-{slot}" for slot in range(1, 9)}
    named = {WORDS, NOSTR_KEY, "app-lock", "overlay-token", "webhook-secret"}
    assert named | links == set(SECRETS)
