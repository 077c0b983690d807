"""BOLT 11, "Examples" and "Examples of Invalid Invoices": every one of them."""

from dataclasses import replace

import pytest

from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.address import from_script_pubkey
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import errors
from tipdesk.lightning.invoice.bolt11 import (
    Bolt11Invoice,
    HintHop,
    UnknownField,
    decode,
    encode_and_sign,
)

ANY_AMOUNT = (
    "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqq"
    "qsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs"
    "8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt"
    "52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql"
)
COFFEE = (
    "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqw"
    "zqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy"
    "8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vg"
    "pfna3rh"
)
NONSENSE = (
    "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqw"
    "zqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpquwpc4curk03c9wlrswe78q4eyqc7d8d0xqzpu9qrsgqhtj"
    "pauu9ur7fw2thcl4y9vfvh4m9wlfyz2gem29g5ghe2aak2pm3ps8fdhtceqsaagty2vph7utlgj48u0ged6a337a"
    "ewvraedendscp573dxr"
)
HASHED = (
    "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzq"
    "fqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2a"
    "hrqs9qrsgq7ea976txfraylvgzuxs8kgcw23ezlrszfnh8r6qtfpr6cxga50aj6txm9rxrydzd06dfeawfk6swup"
    "vz4erwnyutnjq7x39ymw6j38gp7ynn44"
)
TESTNET_P2PKH = (
    "lntb20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygshp58yjmdan79s6qqdh"
    "dzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqf"
    "qypqfpp3x9et2e20v6pu37c5d9vax37wxq72un989qrsgqdj545axuxtnfemtpwkc45hx9d2ft7x04mt8q7y6t0k"
    "2dge9e7h8kpy9p34ytyslj3yu569aalz2xdk8xkd7ltxqld94u8h2esmsmacgpghe9k8"
)
MAINNET_P2PKH_AND_HINT = (
    "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzq"
    "fqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2a"
    "hrqsfpp3qjmp7lwpagxun9pygexvgpjdc4jdj85fr9yq20q82gphp2nflc7jtzrcazrra7wwgzxqc8u7754cdlpf"
    "rmccae92qgzqvzq2ps8pqqqqqqpqqqqq9qqqvpeuqafqxu92d8lr6fvg0r5gv0heeeqgcrqlnm6jhphu9y00rrhy"
    "4grqszsvpcgpy9qqqqqqgqqqqq7qqzq9qrsgqdfjcdk6w3ak5pca9hwfwfh63zrrz06wwfya0ydlzpgzxkn5xags"
    "qz7x9j4jwe7yj7vaf2k9lqsdk45kts2fd0fkr28am0u4w95tt2nsq76cqw0"
)
P2SH = (
    "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygshp58yjmdan79s6qqdh"
    "dzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqf"
    "qypqfppj3a24vwu6r8ejrss3axul8rxldph2q7z99qrsgqz6qsgww34xlatfj6e3sngrwfy3ytkt29d2qttr8qz2"
    "mnedfqysuqypgqex4haa2h8fx3wnypranf3pdwyluftwe680jjcfp438u82xqphf75ym"
)
P2WPKH = (
    "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygshp58yjmdan79s6qqdh"
    "dzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqf"
    "qypqfppqw508d6qejxtdg4y5r3zarvary0c5xw7k9qrsgqt29a0wturnys2hhxpner2e3plp6jyj8qx7548zr2z7"
    "ptgjjc7hljm98xhjym0dg52sdrvqamxdezkmqg4gdrvwwnf0kv2jdfnl4xatsqmrnsse"
)
P2WSH = (
    "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygshp58yjmdan79s6qqdh"
    "dzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqf"
    "qypqfp4qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q9qrsgq9vlvyj8cqvq6ggvpwd53jn"
    "cp9nwc47xlrsnenq2zp70fq83qlgesn4u3uyf4tesfkkwwfg3qs54qe426hp3tz7z6sweqdjg05axsrjqp9yrrwc"
)
P2TR = (
    "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzq"
    "fqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2a"
    "hrqsfp4pptdvg0d2nj99568qn6ssdy4cygnwuxgw2ukmnwgwz7jpqjz2kszs9qrsgqy606dznq28exnydt2r4c29"
    "y56xjtn3sk4mhgjtl4pg2y4ar3249rq4ajlmj9jy8zvlzw7cr8mggqzm842xfr0v72rswzq9xvr4hknfsqwmn6xd"
)
PICO = (
    "lnbc9678785340p1pwmna7lpp5gc3xfm08u9qy06djf8dfflhugl6p7lgza6dsjxq454gxhj9t7a0sd8dgfkx7cm"
    "twd68yetpd5s9xar0wfjn5gpc8qhrsdfq24f5ggrxdaezqsnvda3kkum5wfjkzmfqf3jkgem9wgsyuctwdus9xgr"
    "cyqcjcgpzgfskx6eqf9hzqnteypzxz7fzypfhg6trddjhygrcyqezcgpzfysywmm5ypxxjemgw3hxjmn8yptk7un"
    "td9hxwg3q2d6xjcmtv4ezq7pqxgsxzmnyyqcjqmt0wfjjq6t5v4khxsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg"
    "3zyg3zyg3zyg3zyg3zygsxqyjw5qcqp2rzjq0gxwkzc8w6323m55m4jyxcjwmy7stt9hwkwe2qxmy8zpsgg7jcuw"
    "z87fcqqeuqqqyqqqqlgqqqqn3qq9q9qrsgqrvgkpnmps664wgkp43l22qsgdw4ve24aca4nymnxddlnp8vh9v2sd"
    "xlu5ywdxefsfvm0fq3sesf08uf6q9a2ke0hc9j6z6wlxg5z5kqpu2v9wz"
)
FEATURE_99 = (
    "lnbc25m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5vdhkven9v5sxyet"
    "pdeessp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9q5sqqqqqqqqqqqqqqqqsgq2a25d"
    "xl5hrntdtn6zvydt7d66hyzsyhqs4wdynavys42xgl6sgx9c4g7me86a27t07mdtfry458rtjr0v92cnmswpsjsc"
    "gt2vcse3sgpz3uapa"
)
UPPER_CASE = (
    "LNBC25M1PVJLUEZPP5QQQSYQCYQ5RQWZQFQQQSYQCYQ5RQWZQFQQQSYQCYQ5RQWZQFQYPQDQ5VDHKVEN9V5SXYET"
    "PDEESSP5ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYGS9Q5SQQQQQQQQQQQQQQQQSGQ2A25D"
    "XL5HRNTDTN6ZVYDT7D66HYZSYHQS4WDYNAVYS42XGL6SGX9C4G7ME86A27T07MDTFRY458RTJR0V92CNMSWPSJSC"
    "GT2VCSE3SGPZ3UAPA"
)
IGNORED_FIELDS = (
    "lnbc25m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5vdhkven9v5sxyet"
    "pdeessp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9q5sqqqqqqqqqqqqqqqqsgq2qrqq"
    "qfppnqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqppnqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
    "qqqpp4qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqhpnqqqqqqqqqqqqqqqqqqqqqqqqqq"
    "qqqqqqqqqqqqqqqqqqqqqqqqqhp4qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqspnqqqq"
    "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqsp4qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
    "qqqqqqqqqqqqqqqnp5qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnpkqqqqqqqqqqqqqqq"
    "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqz599y53s3ujmcfjp5xrdap68qxymkqphwsexhmhr8wdz5usdz"
    "kzrse33chw6dlp3jhuhge9ley7j2ayx36kawe7kmgg8sv5ugdyusdcqzn8z9x"
)
METADATA = (
    "lnbc10m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdp9wpshjmt9de6zqmt"
    "9w3skgct5vysxjmnnd9jx2mq8q8a04uqsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9"
    "q2gqqqqqqsgq7hf8he7ecf7n4ffphs6awl9t6676rrclv9ckg3d3ncn7fct63p6s365duk5wrk202cfy3aj5xnnp"
    "5gs3vrdvruverwwq7yzhkf5a3xqpd05wjc"
)
HIGH_S = (
    "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqq"
    "qsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs"
    "8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap2r09nt4ndd0unm3z9u5"
    "t48y6ucv4r5sg7lk98c77ctvjczkspk5qprc90gx"
)
BAD_FEATURE_100 = (
    "lnbc25m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5vdhkven9v5sxyet"
    "pdeessp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9q4psqqqqqqqqqqqqqqqqsgqtqyx"
    "5vggfcsll4wu246hz02kp85x4katwsk9639we5n5yngc3yhqkm35jnjw4len8vrnqnf5ejh0mzj9n3vz2px97eve"
    "ktfm2l6wqccp3y7372"
)
BAD_CHECKSUM = (
    "lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpquwpc4curk03c9"
    "wlrswe78q4eyqc7d8d0xqzpuyk0sg5g70me25alkluzd2x62aysf2pyy8edtjeevuv4p2d5p76r4zkmneet7uvya"
    "kky2zr4cusd45tftc9c5fh0nnqpnl2jfll544esqchsrnt"
)
BAD_NO_SEPARATOR = (
    "pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpquwpc4curk03c9wlrswe78q4"
    "eyqc7d8d0xqzpuyk0sg5g70me25alkluzd2x62aysf2pyy8edtjeevuv4p2d5p76r4zkmneet7uvyakky2zr4cus"
    "d45tftc9c5fh0nnqpnl2jfll544esqchsrny"
)
BAD_MIXED_CASE = (
    "LNBC2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpquwpc4curk03c9"
    "wlrswe78q4eyqc7d8d0xqzpuyk0sg5g70me25alkluzd2x62aysf2pyy8edtjeevuv4p2d5p76r4zkmneet7uvya"
    "kky2zr4cusd45tftc9c5fh0nnqpnl2jfll544esqchsrny"
)
BAD_NOT_RECOVERABLE = (
    "lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7"
    "enxv4jsxqzpusp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9qrsgqwgt7mcn5yqw3yx0"
    "w94pswkpq6j9uh6xfqqqtsk4tnarugeektd4hg5975x9am52rz4qskukxdmjemg92vvqz8nvmsye63r5ykel43pg"
    "z7zq0g2"
)
BAD_TOO_SHORT = (
    "lnbc1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd"
    "5kgetjypeh2ursdae8g6na6hlh"
)
BAD_MULTIPLIER = (
    "lnbc2500x1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7"
    "enxv4jsxqzpusp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9qrsgqrrzc4cvfue4zp3h"
    "ggxp47ag7xnrlr8vgcmkjxk3j5jqethnumgkpqp23z9jclu3v0a7e0aruz366e9wqdykw6dxhdzcjjhldxq0w6wg"
    "qcnu43j"
)
BAD_SUB_MSAT = (
    "lnbc2500000001p1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxat"
    "syp3k7enxv4jsxqzpusp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9qrsgq0lzc236j9"
    "6a95uv0m3umg28gclm5lqxtqqwk32uuk4k6673k6n5kfvx3d2h8s295fad45fdhmusm8sjudfhlf6dcsxmfvkeyw"
    "mjdkxcp99202x"
)
BAD_NO_SECRET = (
    "lnbc20m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqhp58yjmdan79s6qqdh"
    "dzgynm4zwqd5d7xmw5fk98klysy043l2ahrqs9qrsgq7ea976txfraylvgzuxs8kgcw23ezlrszfnh8r6qtfpr6c"
    "xga50aj6txm9rxrydzd06dfeawfk6swupvz4erwnyutnjq7x39ymw6j38gp49qdkj"
)
BAD_HIGH_S_WITH_N = (
    "lnbc25m1p70xwfzpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmm"
    "wwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaqnp4q0n326hr8v9zprg8gsvezcch06gfaqqhde2aj"
    "730yg0durunfhv66sp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9qrsgqsp5zyg3zyg3"
    "zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygsp5cfzp9ugllvk03rltd6hvndxj26ux6gcxc5azyxk060"
    "rj9tzghct5zvjlps76gx8wpq5yuu79688k8gnm2c0al6v608s96l0xzrrlqqwnzxmu"
)

KEY = PrivateKey(bytes.fromhex("e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734"))
PAYEE = NodeId.from_hex("03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad")
PAYMENT_HASH = PaymentHash.from_hex(
    "0001020304050607080900010203040506070809000102030405060708090102"
)
SECRET = PaymentSecret(b"\x11" * 32)
LIST_HASH = sha256(
    b"One piece of chocolate cake, one icecream cone, one pickle, one slice of swiss cheese, "
    b"one slice of salami, one lollypop, one piece of cherry pie, one sausage, one cupcake, "
    b"and one slice of watermelon"
)


def invoice(
    *,
    amount_msat: Msat | None = None,
    network: Network = Network.MAINNET,
    payment_hash: PaymentHash = PAYMENT_HASH,
    timestamp: int = 1496314658,
    expiry: int = 3600,
    cltv: int = 18,
    description: str | None = None,
    features: tuple[int, ...] = (8, 14),
    hints: tuple[tuple[HintHop, ...], ...] = (),
    fallback: bytes | None = None,
    metadata: bytes | None = None,
    payee: NodeId = PAYEE,
) -> Bolt11Invoice:
    return Bolt11Invoice(
        network=network,
        payment_hash=payment_hash,
        payment_secret=SECRET,
        timestamp=timestamp,
        amount_msat=amount_msat,
        expiry=expiry,
        description=description,
        description_hash=LIST_HASH if description is None else None,
        min_final_cltv_expiry_delta=CltvDelta(cltv),
        features=FeatureBits(features),
        route_hints=hints,
        fallback_scripts=() if fallback is None else (fallback,),
        payment_metadata=metadata,
        payee=payee,
    )


def hint(node: str, scid: str, base: int, proportional: int, delta: int) -> HintHop:
    return HintHop(
        node_id=NodeId.from_hex(node),
        short_channel_id=ShortChannelId.from_text(scid),
        fee_base_msat=base,
        fee_proportional_millionths=proportional,
        cltv_expiry_delta=CltvDelta(delta),
    )


LIST_PRICE = Msat(2_000_000_000)
HINTS = (
    (
        hint(
            "029e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255",
            "66051x263430x1800",
            1,
            20,
            3,
        ),
        hint(
            "039e03a901b85534ff1e92c43c74431f7ce72046060fcf7a95c37e148f78c77255",
            "197637x395016x2314",
            2,
            30,
            4,
        ),
    ),
)
PICO_HINT = hint(
    "03d06758583bb5154774a6eb221b1276c9e82d65bbaceca806d90e20c108f4b1c7",
    "589390x3312x1",
    1000,
    2500,
    40,
)
P2PKH_TESTNET = bytes.fromhex("76a9143172b5654f6683c8fb146959d347ce303cae4ca788ac")
P2PKH_MAINNET = bytes.fromhex("76a91404b61f7dc1ea0dc99424464cc4064dc564d91e8988ac")
P2SH_SCRIPT = bytes.fromhex("a9148f55563b9a19f321c211e9b9f38cdf686ea0784587")
P2WPKH_SCRIPT = bytes.fromhex("0014751e76e8199196d454941c45d1b3a323f1433bd6")
P2WSH_SCRIPT = bytes.fromhex("00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262")
P2TR_SCRIPT = bytes.fromhex("51200adac43daa9c8a5a68e09ea10692b82226ee190e572db9b90e17a410484ab405")

VALID = {
    ANY_AMOUNT: invoice(description="Please consider supporting this project"),
    COFFEE: invoice(amount_msat=Msat(250_000_000), description="1 cup coffee", expiry=60),
    NONSENSE: invoice(amount_msat=Msat(250_000_000), description="ナンセンス 1杯", expiry=60),
    HASHED: invoice(amount_msat=LIST_PRICE),
    TESTNET_P2PKH: invoice(amount_msat=LIST_PRICE, network=Network.TESTNET, fallback=P2PKH_TESTNET),
    MAINNET_P2PKH_AND_HINT: invoice(amount_msat=LIST_PRICE, fallback=P2PKH_MAINNET, hints=HINTS),
    P2SH: invoice(amount_msat=LIST_PRICE, fallback=P2SH_SCRIPT),
    P2WPKH: invoice(amount_msat=LIST_PRICE, fallback=P2WPKH_SCRIPT),
    P2WSH: invoice(amount_msat=LIST_PRICE, fallback=P2WSH_SCRIPT),
    P2TR: invoice(amount_msat=LIST_PRICE, fallback=P2TR_SCRIPT),
    PICO: invoice(
        amount_msat=Msat(967_878_534),
        payment_hash=PaymentHash.from_hex(
            "462264ede7e14047e9b249da94fefc47f41f7d02ee9b091815a5506bc8abf75f"
        ),
        timestamp=1572468703,
        description="Blockstream Store: 88.85 USD for Blockstream Ledger Nano S x 1, "
        '"Back In My Day" Sticker x 2, "I Got Lightning Working" Sticker x 2 and 1 more items',
        expiry=604_800,
        cltv=10,
        hints=((PICO_HINT,),),
    ),
    FEATURE_99: invoice(
        amount_msat=Msat(2_500_000_000), description="coffee beans", features=(8, 14, 99)
    ),
    UPPER_CASE: invoice(
        amount_msat=Msat(2_500_000_000), description="coffee beans", features=(8, 14, 99)
    ),
    # Fields of a wrong length and a fallback of an unknown version are passed over.
    IGNORED_FIELDS: replace(
        invoice(amount_msat=Msat(2_500_000_000), description="coffee beans", features=(8, 14, 99)),
        unknown_fields=(UnknownField("2", bytes(3)),),
    ),
    METADATA: invoice(
        amount_msat=Msat(1_000_000_000),
        description="payment metadata inside",
        features=(8, 14, 48),
        metadata=bytes.fromhex("01fafaf0"),
    ),
    HIGH_S: invoice(
        description="Please consider supporting this project",
        payee=NodeId.from_hex("02d0139ce7427d6dfffd26a326c18be754ef1e64672b42694ba5b23ef6e6e7803d"),
    ),
}

INVALID: dict[str, type[errors.InvoiceError]] = {
    BAD_FEATURE_100: errors.UnknownRequiredFeatures,
    BAD_CHECKSUM: errors.InvoiceNotBech32,
    BAD_NO_SEPARATOR: errors.InvoiceNotBech32,
    BAD_MIXED_CASE: errors.InvoiceNotBech32,
    BAD_NOT_RECOVERABLE: errors.WrongSignature,
    BAD_TOO_SHORT: errors.InvoiceTooShort,
    BAD_MULTIPLIER: errors.MalformedAmount,
    BAD_SUB_MSAT: errors.SubMillisatoshiAmount,
    BAD_NO_SECRET: errors.MissingPaymentSecret,
    BAD_HIGH_S_WITH_N: errors.HighSSignature,
}


@pytest.mark.parametrize(("text", "expected"), VALID.items())
def test_every_valid_example_is_read_to_the_last_field(text: str, expected: Bolt11Invoice) -> None:
    assert decode(text) == expected


@pytest.mark.parametrize(("text", "error"), INVALID.items())
def test_class_34_every_invalid_example_is_refused_for_its_own_reason(
    text: str, error: type[errors.InvoiceError]
) -> None:
    with pytest.raises(error):
        decode(text)


@pytest.mark.parametrize(
    "text", [ANY_AMOUNT, COFFEE, NONSENSE, HASHED, MAINNET_P2PKH_AND_HINT, P2TR]
)
def test_examples_in_our_order_of_fields_come_out_letter_for_letter(text: str) -> None:
    assert encode_and_sign(decode(text), KEY) == text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (TESTNET_P2PKH, "mk2QpYatsKicvFVuTAQLBryyccRXMUaGHP"),
        (MAINNET_P2PKH_AND_HINT, "1RustyRX2oai4EYYDpQGWvEL62BBGqN9T"),
        (P2SH, "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX"),
        (P2WPKH, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        (P2WSH, "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"),
        (P2TR, "bc1pptdvg0d2nj99568qn6ssdy4cygnwuxgw2ukmnwgwz7jpqjz2kszse2s3lm"),
    ],
)
def test_fallbacks_are_the_addresses_the_examples_name(text: str, address: str) -> None:
    found = decode(text)
    assert from_script_pubkey(found.fallback_scripts[0], found.network) == address
