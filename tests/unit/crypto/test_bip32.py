"""BIP 32, test vector 1."""

from tipdesk.crypto.bip32 import HARDENED, ExtendedKey

SEED = bytes.fromhex("000102030405060708090a0b0c0d0e0f")


def test_keys_along_hardened_and_plain_steps_are_those_of_the_specification() -> None:
    master = ExtendedKey.of_seed(SEED)
    assert master.secret.hex() == (
        "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"
    )
    assert master.along((HARDENED,)).secret.hex() == (
        "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea"
    )
    assert master.along((HARDENED, 1)).secret.hex() == (
        "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368"
    )


def test_a_key_does_not_show_itself() -> None:
    assert repr(ExtendedKey.of_seed(SEED)) == "ExtendedKey(...)"
