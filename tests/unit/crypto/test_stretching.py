"""Scrypt, as RFC 7914 has it."""

from tipdesk.crypto.stretching import stretch


def test_rfc_7914_section_12_third_vector() -> None:
    found = stretch(b"pleaseletmein", b"SodiumChloride", cost=14, length=64)
    assert found.hex() == (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
