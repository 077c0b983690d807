"""BOLT 12: `offers-test.json` and `format-string-test.json`, every case of them."""

from dataclasses import replace

import pytest

from tipdesk.base.ids import ChainHash, NodeId, Point, ShortChannelId
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import bolt12_errors as errors
from tipdesk.lightning.invoice import offer_errors
from tipdesk.lightning.invoice.offer import Offer, OfferTerms, decode, make
from tipdesk.lightning.sphinx.blinding import BlindedHop, BlindedPath, DirectedScid
from tipdesk.lightning.wire.tlv import TlvRecord

VALID: dict[str, str] = {
    "the least": "lno1zcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pksese",
    "described": (
        "lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg"
    ),
    "for testnet": (
        "lno1qgsyxjtl6luzd9t3pr62xr7eemp6awnejusgf6gw45q75vcfqqqqqqq2p32x2um5ypmx2cm5dae8x93pqthv"
        "wfzadd7jejes8q9lhc4rvjxd022zv5l44g6qah82ru5rdpnpj"
    ),
    "for bitcoin, said": (
        "lno1qgsxlc5vp2m0rvmjcxn2y34wv0m5lyc7sdj7zksgn35dvxgqqqqqqqq2p32x2um5ypmx2cm5dae8x93pqthv"
        "wfzadd7jejes8q9lhc4rvjxd022zv5l44g6qah82ru5rdpnpj"
    ),
    "for bitcoin or another chain": (
        "lno1qfqpge38tqmzyrdjj3x2qkdr5y80dlfw56ztq6yd9sme995g3gsxqqm0u2xq4dh3kdevrf4zg6hx8a60jv0g"
        "xe0ptgyfc6xkryqqqqqqqq9qc4r9wd6zqan9vd6x7unnzcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqw"
        "mn4p72pksese"
    ),
    "metadata": (
        "lno1qsgqqqqqqqqqqqqqqqqqqqqqqqqqqzsv23jhxapqwejkxar0wfe3vggzamrjghtt05kvkvpcp0a79gmy3nt6"
        "jsn98ad2xs8de6sl9qmgvcvs"
    ),
    "amount": (
        "lno1pqpzwyq2p32x2um5ypmx2cm5dae8x93pqthvwfzadd7jejes8q9lhc4rvjxd022zv5l44g6qah82ru5rdpnpj"
    ),
    "currency": (
        "lno1qcp4256ypqpzwyq2p32x2um5ypmx2cm5dae8x93pqthvwfzadd7jejes8q9lhc4rvjxd022zv5l44g6qah82"
        "ru5rdpnpj"
    ),
    "expiry": (
        "lno1pgx9getnwss8vetrw3hhyucwq3ay997czcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pk"
        "sese"
    ),
    "issuer": (
        "lno1pgx9getnwss8vetrw3hhyucjy358garswvaz7tmzdak8gvfj9ehhyeeqgf85c4p3xgsxjmnyw4ehgunfv4e3"
        "vggzamrjghtt05kvkvpcp0a79gmy3nt6jsn98ad2xs8de6sl9qmgvcvs"
    ),
    "quantity": (
        "lno1pgx9getnwss8vetrw3hhyuc5qyz3vggzamrjghtt05kvkvpcp0a79gmy3nt6jsn98ad2xs8de6sl9qmgvcvs"
    ),
    "any quantity": (
        "lno1pgx9getnwss8vetrw3hhyuc5qqtzzqhwcuj966ma9n9nqwqtl032xeyv6755yeflt235pmww58egx6rxry"
    ),
    "quantity of one": (
        "lno1pgx9getnwss8vetrw3hhyuc5qyq3vggzamrjghtt05kvkvpcp0a79gmy3nt6jsn98ad2xs8de6sl9qmgvcvs"
    ),
    "feature": (
        "lno1pgx9getnwss8vetrw3hhyucvp5yqqqqqqqqqqqqqqqqqqqqkyypwa3eyt44h6txtxquqh7lz5djge4afgfjn"
        "7k4rgrkuag0jsd5xvxg"
    ),
    "path": (
        "lno1pgx9getnwss8vetrw3hhyucs5ypjgef743p5fzqq9nqxh0ah7y87rzv3ud0eleps9kl2d5348hq2k8qzqgpq"
        "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqyqszqgqpqqqqqqqqqqqqqqqqqqqqqqqqqqqzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqqzq3zyg3zyg3zyg3vggzamrjghtt05kvkvpcp0a79gmy3nt6jsn98ad2xs8de6sl9qmgvcvs"
    ),
    "path from a channel": (
        "lno1pgx9getnwss8vetrw3hhyucs3yqqqqqqqqqqqqp2qgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqqyqqqqqqqqqqqqqqqqqqqqqq"
        "qqqqqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqqgzyg3zyg3zyg3z93pqthvwfzadd7j"
        "ejes8q9lhc4rvjxd022zv5l44g6qah82ru5rdpnpj"
    ),
    "path alone": (
        "lno1pgx9getnwss8vetrw3hhyucs5ypjgef743p5fzqq9nqxh0ah7y87rzv3ud0eleps9kl2d5348hq2k8qzqgpq"
        "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqyqszqgqpqqqqqqqqqqqqqqqqqqqqqqqqqqqzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqqzq3zyg3zyg3zygs"
    ),
    "two paths": (
        "lno1pgx9getnwss8vetrw3hhyucsl5qj5qeyv5l2cs6y3qqzesrth7mlzrlp3xg7xhulusczm04x6g6nms9trspq"
        "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqyqszqgpqyqqsqqqqqqqqqqqqqqqqqqqqqqqqqqpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqyqsqpqg3zyg3zyg3zygpqqqqzqqqqgqqxqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
        "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqqgqqqqqqqqqqqqqqqqqqqqqqqqq"
        "qqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgqqsg3zyg3zyg3zygtzzqhwcuj966ma9n9n"
        "qwqtl032xeyv6755yeflt235pmww58egx6rxry"
    ),
    "odd field": (
        "lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxfppf5x"
        "2mrvdamk7unvvs"
    ),
    "odd experimental field": (
        "lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvx078wdv"
        "5gg2dpjkcmr0wahhymry"
    ),
}

INVALID: dict[str, tuple[str, type[errors.Bolt12Error]]] = {
    "out of order": (
        "lno1zcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszpgz5znzfgdzs",
        errors.MalformedStream,
    ),
    "even field": (
        (
            "lno1pgz5znzfgdz3vggzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpysgr0u2xq4dh3kdev"
            "rf4zg6hx8a60jv0gxe0ptgyfc6xkryqqqqqqqq"
        ),
        errors.UnknownEvenField,
    ),
    "empty": ("lno1", offer_errors.NoIssuer),
    "ends behind a type": ("lno1pg", errors.MalformedStream),
    "ends in a length": ("lno1pt7s", errors.MalformedStream),
    "ends behind a length": ("lno1pgpq", errors.MalformedStream),
    "ends in a text": ("lno1pgpyz", errors.MalformedStream),
    "part of a chain": (
        "lno1qgqszzs9g9xyjs69zcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz",
        errors.MalformedField,
    ),
    "currency cut": (
        "lno1qcqcqzs9g9xyjs69zcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz",
        errors.MalformedField,
    ),
    "currency not UTF-8": (
        "lno1qcplllhapqpq86q2q4qkc6trv5tzzq6muh550qsfva9fdes0ruph7ctk2s8aqq06r4jxj3msc448wzwy9s",
        errors.MalformedField,
    ),
    "description cut": (
        "lno1pgqcq93pqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqy",
        errors.MalformedField,
    ),
    "description not UTF-8": (
        "lno1pgpgqsgkyypqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs",
        errors.MalformedField,
    ),
    "paths cut": (
        "lno1pgz5znzfgdz3qqgpzcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz",
        errors.MalformedField,
    ),
    "path without hops": (
        (
            "lno1pgz5znzfgdz3qqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsqzcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqsz"
        ),
        errors.MalformedStream,
    ),
    "hop cut": (
        (
            "lno1pgz5znzfgdz3qqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqspqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqgkyypqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs"
        ),
        errors.MalformedStream,
    ),
    "first node no point": (
        (
            "lno1pgz5znzfgdz3qqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpqyqszqgpqyqszqgpq"
            "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqspqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqgqzcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz"
        ),
        errors.MalformedStream,
    ),
    "path key no point": (
        (
            "lno1pgz5znzfgdz3qqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpsxqcrqvpsxqcrqvps"
            "xqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcpqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqgqzcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz"
        ),
        errors.MalformedStream,
    ),
    "blinded node no point": (
        (
            "lno1pgz5znzfgdz3qqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqspqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvps"
            "xqgqzcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz"
        ),
        errors.MalformedStream,
    ),
    "issuer cut": (
        "lno1pgz5znzfgdz3yqvqzcssyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsz",
        errors.MalformedField,
    ),
    "issuer not UTF-8": (
        "lno1pgz5znzfgdz3yq5qgytzzqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqg",
        errors.MalformedField,
    ),
    "issuer id no point": (
        "lno1pgz5znzfgdz3vggzqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvps",
        errors.MalformedField,
    ),
    "type 80": (
        (
            "lno1pgz5znzfgdz3vggzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgp9qgr0u2xq4dh3kdev"
            "rf4zg6hx8a60jv0gxe0ptgyfc6xkryqqqqqqqq"
        ),
        errors.UnknownEvenField,
    ),
    "type above the range": (
        (
            "lno1pgz5znzfgdz3vggzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgp06ae4jsq9qgr0u2xq"
            "4dh3kdevrf4zg6hx8a60jv0gxe0ptgyfc6xkryqqqqqqqq"
        ),
        errors.MalformedStream,
    ),
    "even experimental field": (
        (
            "lno1pgz5znzfgdz3vggzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgp06wu6egp9qgr0u2xq"
            "4dh3kdevrf4zg6hx8a60jv0gxe0ptgyfc6xkryqqqqqqqq"
        ),
        errors.MalformedStream,
    ),
    "feature 122": (
        (
            "lno1pgx9getnwss8vetrw3hhyucvzqzqqqqqqqqqqqqqqqqqqqqqqqqpvggzamrjghtt05kvkvpcp0a79gmy3nt6"
            "jsn98ad2xs8de6sl9qmgvcvs"
        ),
        errors.UnknownFeature,
    ),
    "amount without description": (
        "lno1pqpzwyqkyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg",
        offer_errors.AmountWithoutDescription,
    ),
    "currency without amount": (
        (
            "lno1qcp4256ypgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5x"
            "vxg"
        ),
        offer_errors.CurrencyWithoutAmount,
    ),
    "amount of nothing": (
        "lno1pqqq5qqkyyp4he0fg7pqje62jmnq78cr0ashv4q06qql58tyd9rhp3t2wuyugtq",
        offer_errors.OfferOfNothing,
    ),
    "amount of no dollars": (
        "lno1qcp4256ypqqq5qqkyyp4he0fg7pqje62jmnq78cr0ashv4q06qql58tyd9rhp3t2wuyugtq",
        offer_errors.OfferOfNothing,
    ),
    "nobody to ask": ("lno1pgx9getnwss8vetrw3hhyuc", offer_errors.NoIssuer),
    "second path without hops": (
        (
            "lno1pgx9getnwss8vetrw3hhyucsespjgef743p5fzqq9nqxh0ah7y87rzv3ud0eleps9kl2d5348hq2k8qzqgpq"
            "yqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqszqgpqyqszqgqpqqqqqqqqqqqqqqqqqqqqqqqqqqqzqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqszqgpqqzq3zyg3zyg3zygszqqqqyqqqqsqqvpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpq"
            "yqsq"
        ),
        errors.MalformedField,
    ),
    "no chain": (
        "lno1qgqpvggrt0j7j3uzp9n549hxpu0sxlmpwe2ql5qplgwkg628wrzk5acfcskq",
        errors.MalformedField,
    ),
    "padding of five bits": (
        "lno1zcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pkseseq",
        errors.NotBolt12Text,
    ),
}

ALICE, BOB = (NodeId(PrivateKey(bytes([byte]) * 32).point) for byte in b"AB")
LDK_NODE = NodeId.from_hex("035be5e9478209674a96e60f1f037f6176540fd001fa1d64694770c56a7709c42c")
TESTNET_3 = ChainHash.from_hex("43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea330900000000")
LIQUID = ChainHash.from_hex("1466275836220db2944ca059a3a10ef6fd2ea684b0688d2c379296888a206003")
POINT = Point(b"\x02" * 33)


def path(first: NodeId | DirectedScid, last: bytes) -> BlindedPath:
    """The vectors' paths: two nodes each."""
    return BlindedPath(first, POINT, (BlindedHop(POINT, bytes(16)), BlindedHop(POINT, last)))


FROM_BOB = path(BOB, b"\x11" * 8)
FROM_42 = path(DirectedScid(0, ShortChannelId(42)), b"\x11" * 8)
FROM_1X2X3 = path(DirectedScid(1, ShortChannelId.of(1, 2, 3)), b"\x22" * 8)
DESCRIBED = OfferTerms(description="Test vectors", issuer_id=ALICE)
SAID: dict[str, OfferTerms] = {
    "the least": OfferTerms(issuer_id=ALICE),
    "described": DESCRIBED,
    "for testnet": replace(DESCRIBED, chains=(TESTNET_3,)),
    "for bitcoin, said": replace(DESCRIBED, chains=(Network.MAINNET.chain_hash,)),
    "for bitcoin or another chain": replace(DESCRIBED, chains=(LIQUID, Network.MAINNET.chain_hash)),
    "metadata": replace(DESCRIBED, metadata=bytes(16)),
    "amount": replace(DESCRIBED, amount=10_000),
    "currency": replace(DESCRIBED, amount=10_000, currency="USD"),
    "expiry": replace(DESCRIBED, absolute_expiry=2_051_184_600),
    "issuer": replace(DESCRIBED, issuer="https://bolt12.org BOLT12 industries"),
    "quantity": replace(DESCRIBED, quantity_max=5),
    "any quantity": replace(DESCRIBED, quantity_max=0),
    "quantity of one": replace(DESCRIBED, quantity_max=1),
    "feature": replace(DESCRIBED, features=FeatureBits([99])),
    "path": replace(DESCRIBED, paths=(FROM_BOB,)),
    "path from a channel": replace(DESCRIBED, paths=(FROM_42,)),
    "path alone": replace(DESCRIBED, paths=(FROM_BOB,), issuer_id=None),
    "two paths": replace(DESCRIBED, paths=(FROM_BOB, FROM_1X2X3)),
    "odd field": DESCRIBED,
    "odd experimental field": DESCRIBED,
}
ODD = {"odd field": 33, "odd experimental field": 1_000_000_033}

JOINED = (
    (
        "lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k"
        "2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg"
    ),
    (
        "LNO1PQPS7SJQPGTYZM3QV4UXZMTSD3JJQER9WD3HY6TSW35K7MSJZFPY7NZ5YQCNYGRFDEJ82UM5WF5K"
        "2UCKYYPWA3EYT44H6TXTXQUQH7LZ5DJGE4AFGFJN7K4RGRKUAG0JSD5XVXG"
    ),
    (
        "l+no1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5"
        "k2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg"
    ),
    (
        "lno1pqps7sjqpgt+yzm3qv4uxzmtsd3jjqer9wd3hy6tsw3+5k7msjzfpy7nz5yqcn+ygrfdej82um5w"
        "f5k2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd+5xvxg"
    ),
    (
        "lno1pqps7sjqpgt+ yzm3qv4uxzmtsd3jjqer9wd3hy6tsw3+  5k7msjzfpy7nz5yqcn+\nygrfdej82"
        "um5wf5k2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd+\r\n 5xvxg"
    ),
    (
        "LNO1PQPS7SJQPGT+ YZM3QV4UXZMTSD3JJQER9WD3HY6TSW3+  5K7MSJZFPY7NZ5YQCN+\nYGRFDEJ82"
        "UM5WF5K2UCKYYPWA3EYT44H6TXTXQUQH7LZ5DJGE4AFGFJN7K4RGRKUAG0JSD+\r\n 5XVXG"
    ),
)
BADLY_JOINED = (
    (
        "LnO1PqPs7sJqPgTyZm3qV4UxZmTsD3JjQeR9Wd3hY6TsW35k7mSjZfPy7nZ5YqCnYgRfDeJ82uM5Wf5k"
        "2uCkYyPwA3EyT44h6tXtXqUqH7Lz5dJgE4AfGfJn7k4rGrKuAg0jSd5xVxG"
    ),
    (
        "lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k"
        "2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg+"
    ),
    (
        "lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k"
        "2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg+ "
    ),
    (
        "+lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5"
        "k2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg"
    ),
    (
        "+ lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf"
        "5k2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg"
    ),
    (
        "ln++o1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf"
        "5k2uckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg"
    ),
)


def terms_of(offer: Offer) -> OfferTerms:
    """What an offer says, without its records."""
    return OfferTerms(**{name: getattr(offer, name) for name in OfferTerms.__slots__})


@pytest.mark.parametrize("name", VALID)
def test_a_valid_offer_is_read(name: str) -> None:
    offer = decode(VALID[name])
    assert terms_of(offer) == SAID[name]
    assert offer.to_text() == VALID[name]


@pytest.mark.parametrize("name", sorted(VALID.keys() - ODD.keys()))
def test_a_valid_offer_is_written_letter_for_letter(name: str) -> None:
    assert make(SAID[name]).to_text() == VALID[name]


@pytest.mark.parametrize("name", ODD)
def test_an_unknown_odd_field_is_kept(name: str) -> None:
    assert TlvRecord(ODD[name], b"helloworld") in decode(VALID[name]).records


@pytest.mark.parametrize("name", INVALID)
def test_class_34_an_invalid_offer_is_refused(name: str) -> None:
    text, error = INVALID[name]
    with pytest.raises(error):
        decode(text)


def test_all_53_are_here() -> None:
    assert len(VALID) + len(INVALID) == 53


def test_joined_pieces_are_one_text() -> None:
    assert {decode(text).to_text() for text in JOINED} == {JOINED[0]}
    assert decode(JOINED[0]).issuer == "BOLT 12 industries"


@pytest.mark.parametrize("text", BADLY_JOINED)
def test_a_badly_joined_text_is_refused(text: str) -> None:
    with pytest.raises((errors.NotBolt12Text, errors.WrongKindOfText)):
        decode(text)
