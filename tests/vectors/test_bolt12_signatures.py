"""BOLT 12: `signature-test.json`, the Merkle tree leaf by leaf and one signature."""

from typing import NamedTuple

import pytest

from tipdesk.crypto.hashes import tagged_hash
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import invoice_request, merkle
from tipdesk.lightning.wire.tlv import read_stream


class Leaf(NamedTuple):
    """A record, the hashes of it and its nonce, and both together."""

    record: str
    leaf: str
    nonce: str
    pair: str


class Case(NamedTuple):
    """The leaves of a stream, and its root."""

    leaves: tuple[Leaf, ...]
    root: str


CASES = (
    Case(
        leaves=(
            Leaf(
                "010203e8",
                "67a2a995433890d8fe0c18a1765ad19e98f1fcfeff14c13a45bbc80964a78cf7",
                "255a95f5b6b3c6997e2838dc4d9348807fb6da8eb7bbc02d30662d144718b6aa",
                "b013756c8fee86503a0b4abdab4cddeb1af5d344ca6fc2fa8b6c08938caa6f93",
            ),
        ),
        root="b013756c8fee86503a0b4abdab4cddeb1af5d344ca6fc2fa8b6c08938caa6f93",
    ),
    Case(
        leaves=(
            Leaf(
                "010203e8",
                "67a2a995433890d8fe0c18a1765ad19e98f1fcfeff14c13a45bbc80964a78cf7",
                "255a95f5b6b3c6997e2838dc4d9348807fb6da8eb7bbc02d30662d144718b6aa",
                "b013756c8fee86503a0b4abdab4cddeb1af5d344ca6fc2fa8b6c08938caa6f93",
            ),
            Leaf(
                "02080000010000020003",
                "cc04567fcbff60d4de87afe5142de16b7401531300554838b2d1117341a4ea8d",
                "12bc15565410d8e3251a6fb1c53a2d360f39a9f65afb8403ef875016e34ff678",
                "19d6ecfa3be88d29c30e56167f58526d7695dfac9cb95e1256deb222c92db4d0",
            ),
        ),
        root="c3774abbf4815aa54ccaa026bff6581f01f3be5fe814c620a252534f434bc0d1",
    ),
    Case(
        leaves=(
            Leaf(
                "010203e8",
                "67a2a995433890d8fe0c18a1765ad19e98f1fcfeff14c13a45bbc80964a78cf7",
                "255a95f5b6b3c6997e2838dc4d9348807fb6da8eb7bbc02d30662d144718b6aa",
                "b013756c8fee86503a0b4abdab4cddeb1af5d344ca6fc2fa8b6c08938caa6f93",
            ),
            Leaf(
                "02080000010000020003",
                "cc04567fcbff60d4de87afe5142de16b7401531300554838b2d1117341a4ea8d",
                "12bc15565410d8e3251a6fb1c53a2d360f39a9f65afb8403ef875016e34ff678",
                "19d6ecfa3be88d29c30e56167f58526d7695dfac9cb95e1256deb222c92db4d0",
            ),
            Leaf(
                "03310266e4598d1d3c415f572a8488830b60f7e744ed9235eb0b1ba93283b315c0351800000000000000010000000000000002",
                "47da319b36d61a006e0dbcf6642fe4c822c33a6131af67dfa9293b089c5cbd27",
                "068cf6e9d2db9258a6c1d3304a8f2e9d4d046ea711664c9a96960234f707a084",
                "7c879819c09f1525e7bc69b84f7928180de584f92c846e01fa2daf5b17e32967",
            ),
        ),
        root="ab2e79b1283b0b31e0b035258de23782df6b89a38cfa7237bde69aed1a658c5d",
    ),
    Case(
        leaves=(
            Leaf(
                "00080000000000000000",
                "cd45d50b8dbb73ba995f92aa48be7c2909331998cb070572f5499bae338a03c6",
                "edc13c82e89b213a5641b27f0c06c5f31ea948a0cc2fd6495120cc8590cac3f5",
                "5ced451fad76ab7edc8084b84c8b5086df195b2a503c25b371e6850a280c94ab",
            ),
            Leaf(
                "0603555344",
                "ae61bfe63f8fc81b7a02a962182a5b5e01501365806481d52fbdfbca915266fa",
                "cc9fc57ce5e82252b6cc8908a93f012b13294a82132768e36dd767b3c3c289e8",
                "a2ea87a666c1524d25132ff59883c96a118728ff76595d239f5806143e3e9c9e",
            ),
            Leaf(
                "080164",
                "b4f3adb8ca4f4a4c0e7cd9e0b1cafe8634cf8a864e1a730868bdda39fbd3e336",
                "376180f1ef3b7973ba4989f9391502bd78a1a8a54929fe9adcaec1dd2bfec648",
                "fa0bb4f0fa2f2625c63eec9bf3a29c9aa304e64d5aa44d38e050a6bd7d6fc5c0",
            ),
            Leaf(
                "0a1741204d617468656d61746963616c205472656174697365",
                "7007775409456c33c47bddd7ce946ecd5a82035f1d5a529cc90e84d146f75a6e",
                "01926a0c38b4ec71d76b116eeb81ea7999706fdce24a7f5b9d67bf867fd0c4d8",
                "349379beebd68fd72296e76cb2ae28554b35fa9234853956b81b24c008783230",
            ),
            Leaf(
                "162102eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619",
                "bdde38b7b58fa74acee1e943bbc32c04306368cb2aa513856f53f45be461051b",
                "2e571571c7dd0739dbc4180bb96b7652b055f9e97f80d37337c96689990fdbaa",
                "384853c9811863028876088ce34e75d784ac027fd564f103ea972cdf96236e47",
            ),
            Leaf(
                "58210324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c",
                "f3b92382531e261e16a0f35d65f314ae622306bbb1b206fee00d80153b76eea3",
                "c31a695332d176217470b705cde5c8cd71cdb611e1f26c5a98f14c0d935c97bd",
                "73e067757513706491e0da4e8077112e606da55c04239ad13ab609bc82907600",
            ),
        ),
        root="608407c18ad9a94d9ea2bcdbe170b6c20c462a7833a197621c916f78cf18e624",
    ),
)
REQUEST = (
    "lnr1qqyqqqqqqqqqqqqqqcp4256ypqqkgzshgysy6ct5dpjk6ct5d93kzmpq23ex2ct5d9ek293pqthvwfza"
    "dd7jejes8q9lhc4rvjxd022zv5l44g6qah82ru5rdpnpjkppqvjx204vgdzgsqpvcp4mldl3plscny0rt707"
    "gvpdh6ndydfacz43euzqhrurageg3n7kafgsek6gz3e9w52parv8gs2hlxzk95tzeswywffxlkeyhml0hh46"
    "kndmwf4m6xma3tkq2lu04qz3slje2rfthc89vss"
)
DIGEST = "aefe3aa88a69772c246dcaef75ed3e7566c08ecc4e9f995233526a5651fc34cd"
SIGNATURE = (
    "b8f83ea3288cfd6ea510cdb481472575141e8d8744157f98562d162cc1c47252"
    "6fdb24befefbdebab4dbb726bbd1b7d8aec057f8fa805187e5950d2bbe0e5642"
)


@pytest.mark.parametrize("case", CASES)
def test_the_tree_is_as_published(case: Case) -> None:
    records = read_stream(b"".join(bytes.fromhex(leaf.record) for leaf in case.leaves))
    nonces = merkle.nonces(records[0], [record.type for record in records])
    assert [nonce.hex() for nonce in nonces] == [leaf.nonce for leaf in case.leaves]
    for leaf, pair in zip(case.leaves, merkle.leaves_of(records), strict=True):
        assert tagged_hash("LnLeaf", bytes.fromhex(leaf.record)).hex() == leaf.leaf
        assert pair.hex() == leaf.pair
    assert merkle.merkle_root(records).hex() == case.root


def test_the_request_is_signed_as_published() -> None:
    request = invoice_request.decode(REQUEST)
    root = merkle.merkle_root(request.records)
    assert merkle.signature_digest("invoice_request", "signature", root).hex() == DIGEST
    assert [record.value.hex() for record in request.signatures] == [SIGNATURE]
    bob = PrivateKey(b"B" * 32)
    assert request.payer_id == bob.point
    again = merkle.sign(request.records, bob, message="invoice_request", entropy=bytes(32))
    assert again.hex() == SIGNATURE
