"""Inputs: valid examples, damaged in the ways that parsers stumble over; and plain noise."""

from random import Random

_ODD_TEXT = ["\x00", "\u202e", "\u0663", "1e999", "-1", "NaN", "[" * 200, "{", '"', "null", "\xe9"]
_ODD_BYTES = [b"\x00", b"\xff" * 8, b"\xfd", b"\xfe" + b"\xff" * 4, b"\xff" * 9, b"\x80", bytes(64)]


def damaged(random: Random, example: bytes) -> bytes:
    """One to four changes to an example: flipped, cut, doubled, inserted, or all of it noise."""
    data = bytearray(example)
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(data) + 1)
        end = min(len(data), place + random.choice([1, 2, 4, 8, 32, 200]))
        match random.randrange(7):
            case 0 if data:
                data[place % len(data)] ^= 1 << random.randrange(8)
            case 1 if data:
                data[place % len(data)] = random.choice([0, 1, 0x7F, 0x80, 0xFC, 0xFD, 0xFE, 0xFF])
            case 2:
                del data[place:end]
            case 3:
                data[place:place] = data[place:end] * random.choice([1, 2, 50])
            case 4:
                data[place:place] = random.choice(_ODD_BYTES)
            case 5:
                data[place:end] = random.randbytes(end - place)
            case 6 if random.random() < 0.1:
                data = bytearray(random.randbytes(random.choice([0, 1, 33, 300, 3_000])))
    return bytes(data)


def damaged_text(random: Random, example: str) -> str:
    """One to three characters that text parsers stumble over, put in or in place of others."""
    text = example
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(_ODD_TEXT) + text[place + random.randrange(3) :]
    return text
