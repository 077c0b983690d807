"""Addresses, aware of their network: base58check, bech32 (v0), bech32m (v1 and later)."""

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import p2pkh, p2sh, witness_program
from tipdesk.crypto import bech32
from tipdesk.crypto.hashes import sha256d

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class InvalidAddress(DecodeError):
    """Text that is no address of the network asked about."""


def base58check_encode(payload: bytes) -> str:
    """Text of `payload` with its checksum."""
    data = payload + sha256d(payload)[:4]
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base58check_decode(text: str) -> bytes:
    """The payload of a text of at most 64 characters, or `InvalidAddress`."""
    if len(text) > 64:
        raise InvalidAddress(Phrase("too long for an address"))
    number = 0
    for letter in text:
        digit = _BASE58.find(letter)
        if digit < 0:
            raise InvalidAddress(
                Phrase("the character {letter} is in no address", letter=f"{letter!a}")
            )
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    data = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(data) < 5 or sha256d(data[:-4])[:4] != data[-4:]:
        raise InvalidAddress(Phrase("the checksum is wrong: a letter is missing or mistyped"))
    return data[:-4]


def to_script_pubkey(address: str, network: Network) -> bytes:
    """The output script an address stands for; `InvalidAddress` if it is not of `network`."""
    if address.lower().startswith(network.bech32_prefix + "1"):
        return _segwit_script(address, network)
    payload = base58check_decode(address)
    key_version, script_version = network.base58_versions
    if len(payload) != 21 or payload[0] not in (key_version, script_version):
        raise InvalidAddress(Phrase("not an address of {network}", network=network.value))
    return p2pkh(payload[1:]) if payload[0] == key_version else p2sh(payload[1:])


def _segwit_script(address: str, network: Network) -> bytes:
    try:
        version = bech32.ALPHABET.find(address.lower()[len(network.bech32_prefix) + 1])
    except IndexError:
        raise InvalidAddress(Phrase("the address is cut short")) from None
    constant = bech32.BECH32M if version else bech32.BECH32
    try:
        prefix, words = bech32.decode(address, maximum=90, constant=constant)
        program = bech32.from_words(words[1:])
    except bech32.Bech32Error as error:
        raise InvalidAddress(Phrase("the address {error}", error=in_words(error))) from None
    if prefix != network.bech32_prefix or not words or words[0] > 16:
        raise InvalidAddress(Phrase("not an address of {network}", network=network.value))
    if not 2 <= len(program) <= 40 or (words[0] == 0 and len(program) not in (20, 32)):
        raise InvalidAddress(Phrase("the address has a wrong length"))
    return bytes([words[0] + 0x50 if words[0] else 0, len(program)]) + program


def from_script_pubkey(script_pubkey: bytes, network: Network) -> str | None:
    """The address of a standard output script, None for a script that has none."""
    program = witness_program(script_pubkey)
    if program is not None:
        version, data = program
        constant = bech32.BECH32M if version else bech32.BECH32
        return bech32.encode(network.bech32_prefix, [version, *bech32.to_words(data)], constant)
    key_version, script_version = network.base58_versions
    if len(script_pubkey) == 25 and script_pubkey == p2pkh(script_pubkey[3:23]):
        return base58check_encode(bytes([key_version]) + script_pubkey[3:23])
    if len(script_pubkey) == 23 and script_pubkey == p2sh(script_pubkey[2:22]):
        return base58check_encode(bytes([script_version]) + script_pubkey[2:22])
    return None
