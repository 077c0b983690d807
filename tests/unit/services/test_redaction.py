"""What a report must not tell is taken out, and what it is for stays."""

import pytest

from tests.unit.services.test_seed_words import WORDS
from tipdesk.services.redaction import redacted

KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "secret",
    [
        KEY,
        KEY.upper(),
        KEY[:32],
        "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5",
        "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg",
        "lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7",
        "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35",
        "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "ana@example.com",
        "02" + KEY + "@10.0.0.7:9735",
        "10.0.0.7",
        "203.0.113.9:9735",
        "[2001:db8::7]:9735",
        "2001:db8:0:1:2:3:4:5",
        "fe80::1",
        "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion:9735",
        "wss://relay.example.com/path?token=abc",
        "tcp://electrum.example.com:50001",
        "1,234.567 sat",
        "amount_msat=21000",
        "fee: 1021",
        "10.50 USD",
        "/home/ana",
        "AgEEbHNhdAJCAAAGmL7zCkCxyzD9bVJvZGV4YW1wbGVtYWNhcm9vbg==",
        " ".join(WORDS),
        ", ".join(WORDS),
        "', '".join(WORDS),
        " ".join(WORDS[:8]),
    ],
)
@pytest.mark.parametrize("around", ["{}", "before {} after", "x={}.", "'{}',"])
def test_a_secret_is_taken_out(secret: str, around: str) -> None:
    said = redacted(around.format(secret))
    assert secret not in said
    for piece in (secret[: len(secret) * 2 // 3], secret[len(secret) // 3 :]):
        assert len(piece) < 6 or piece not in said


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-23 05:50:14,123 INFO tipdesk.node.peer: the peer is away",
        "INFO tipdesk.services.wallet: the wallet does not tell its balance: it is asleep",
        "block 903214, 3 peers, 2 of 4 relays",
        "TipDesk 0.1.0",
        "Traceback (most recent call last):",
        '  File "tipdesk/node/peer.py", line 120, in run',
    ],
)
def test_what_helps_stays(line: str) -> None:
    assert redacted(line) == line
