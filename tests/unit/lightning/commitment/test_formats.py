"""Which form of commitments a channel type asks for."""

import pytest

from tipdesk.bitcoin.script import p2wpkh, p2wsh
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.commitment.formats import ANCHORS, STATIC_REMOTEKEY, format_of

KEY = PrivateKey(b"\x05" * 32).point


@pytest.mark.parametrize(
    ("channel_type", "form"),
    [
        ("401000", ANCHORS),
        ("00401000", ANCHORS),
        ("1000", STATIC_REMOTEKEY),
        ("", None),
        ("400000", None),
        ("801000", None),
        ("4000000401000", None),
    ],
)
def test_a_channel_type_is_known_by_exactly_its_bits(channel_type: str, form: object) -> None:
    digits = channel_type.zfill(len(channel_type) + len(channel_type) % 2)
    assert format_of(bytes.fromhex(digits)) is form


def test_a_message_without_a_channel_type_asks_for_no_form() -> None:
    assert format_of(None) is None


def test_to_remote_is_a_plain_key_without_anchors_and_waits_a_block_with_them() -> None:
    assert STATIC_REMOTEKEY.to_remote(KEY) == (b"", p2wpkh(KEY))
    script = scripts.to_remote_anchors(KEY)
    assert ANCHORS.to_remote(KEY) == (script, p2wsh(script))
