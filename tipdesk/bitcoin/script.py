"""Opcodes and the standard output scripts."""

from enum import IntEnum

from tipdesk.crypto.hashes import hash160, sha256


class Op(IntEnum):
    """The opcodes that Lightning's scripts use."""

    FALSE = 0x00
    TRUE = 0x51
    N2 = 0x52
    N16 = 0x60
    IF = 0x63
    NOTIF = 0x64
    ELSE = 0x67
    ENDIF = 0x68
    RETURN = 0x6A
    IFDUP = 0x73
    DROP = 0x75
    DUP = 0x76
    SWAP = 0x7C
    SIZE = 0x82
    EQUAL = 0x87
    EQUALVERIFY = 0x88
    HASH160 = 0xA9
    CHECKSIG = 0xAC
    CHECKSIGVERIFY = 0xAD
    CHECKMULTISIG = 0xAE
    CHECKLOCKTIMEVERIFY = 0xB1
    CHECKSEQUENCEVERIFY = 0xB2


def push(data: bytes) -> bytes:
    """The shortest push of `data` (below 64 kB)."""
    size = len(data)
    if size < 0x4C:
        return bytes([size]) + data
    if size <= 0xFF:
        return b"\x4c" + bytes([size]) + data
    return b"\x4d" + size.to_bytes(2, "little") + data


def push_number(number: int) -> bytes:
    """The minimal push of a number: an opcode from 0 to 16, else a script number."""
    if number == 0:
        return b"\x00"
    if 1 <= number <= 16:
        return bytes([0x50 + number])
    raw = number.to_bytes((number.bit_length() + 8) // 8, "little")
    return push(raw)


def script(*parts: Op | bytes | int) -> bytes:
    """A script of opcodes, pushes (bytes) and numbers (plain ints)."""
    result = bytearray()
    for part in parts:
        if isinstance(part, Op):
            result.append(part)
        elif isinstance(part, bytes):
            result += push(part)
        else:
            result += push_number(part)
    return bytes(result)


def p2wsh(witness_script: bytes) -> bytes:
    """Pay to witness script hash (BIP-141)."""
    return b"\x00\x20" + sha256(witness_script)


def p2wpkh(point: bytes) -> bytes:
    """Pay to witness public key hash (BIP-141)."""
    return b"\x00\x14" + hash160(point)


def p2pkh_code(point: bytes) -> bytes:
    """The script code that BIP-143 gives a P2WPKH input."""
    return b"\x76\xa9\x14" + hash160(point) + b"\x88\xac"


def p2pkh(key_hash: bytes) -> bytes:
    """Pay to public key hash."""
    return b"\x76\xa9\x14" + key_hash + b"\x88\xac"


def p2sh(script_hash: bytes) -> bytes:
    """Pay to script hash."""
    return b"\xa9\x14" + script_hash + b"\x87"


def witness_program(script_pubkey: bytes) -> tuple[int, bytes] | None:
    """Version and program of a segwit output, None for any other script."""
    if not 4 <= len(script_pubkey) <= 42 or script_pubkey[1] != len(script_pubkey) - 2:
        return None
    first = script_pubkey[0]
    if first == 0:
        return 0, script_pubkey[2:]
    if 0x51 <= first <= 0x60:
        return first - 0x50, script_pubkey[2:]
    return None


def electrum_script_hash(script_pubkey: bytes) -> str:
    """The name by which Electrum servers know a script: reversed SHA-256 in hexadecimal."""
    return sha256(script_pubkey)[::-1].hex()
