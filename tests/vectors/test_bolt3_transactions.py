"""BOLT 3, appendices C and F: commitments and their HTLC transactions, byte for byte.

The figures are carried as the double SHA-256 of every fully signed transaction, which covers all
bytes, both sides' signatures included: they are deterministic, so both sides are signed here.
"""

from dataclasses import dataclass

import pytest

from tipdesk.base.ids import PaymentHash, Point, Preimage, Txid
from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.commitment.build import (
    BuiltCommitment,
    CommitmentKeys,
    CommitmentTerms,
    build_commitment,
    funding_witness,
)
from tipdesk.lightning.commitment.formats import ANCHORS as ANCHORS_FORMAT
from tipdesk.lightning.commitment.formats import STATIC_REMOTEKEY as OLD_FORMAT
from tipdesk.lightning.commitment.htlc_txs import (
    build_htlc_transaction,
    htlc_digest,
    htlc_witness,
)
from tipdesk.lightning.commitment.spec import CommitmentHtlc, CommitmentSpec, HtlcSide
from tipdesk.practice.judge import ScriptRefused, verify_transaction

FIVE = (0, 1, 2, 3, 4)
SAME_AMOUNT = (1, 5, 6)


@dataclass(frozen=True)
class Case:
    name: str
    to_local_msat: int
    to_remote_msat: int
    feerate_per_kw: int
    dust_limit_satoshis: int
    htlc_numbers: tuple[int, ...]
    commitment_wtxid: str
    htlc_wtxids: tuple[str, ...]


STATIC_REMOTEKEY = (
    Case(
        "simple commitment tx with no HTLCs",
        7000000000,
        3000000000,
        15000,
        546,
        (),
        "a8caa7cea09ee20ebe214b589f7f7f0512371cec71df99e95c6f1dc4aef4a834",
        (),
    ),
    Case(
        "commitment tx with all five HTLCs untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        0,
        546,
        FIVE,
        "b3d8f956a320147f842b8547fe55da1a3233368b271e6f5f7e812a3f7744020b",
        (
            "a487b97efd9bc29078952e3fbdec7c2048966c6a8759fc938a1593887ecd569b",
            "757d2fd20e13290b561b67397d6e06af13a17ae4c57134c485f7ac30dcb6a7bf",
            "3535ecccdc782f94eb8ba96a3aa3681f83b517eb88de0a5c1da8502394354af9",
            "93d240cc00f869cb449bf754f4d52a225ed751abc7ec37a9380e28af71bfaba2",
            "31f695bdc2b4a0276d773202c902af2619bd0f58f6c59ae939ecaaf21a75f4d7",
        ),
    ),
    Case(
        "commitment tx with seven outputs untrimmed (maximum feerate)",
        6988000000,
        3000000000,
        647,
        546,
        FIVE,
        "4f48a2a793ec15b59d0fc5b191f4b56356ff8b95c48f3120ac02ef7da7b7db6d",
        (
            "af2366b8dc9dea34bcda3459eba3cf1212d8ea5c8a17b1502b8f35652a83e14a",
            "ec89233e8b9481564ef5319a91450e7396321698d47a78487b496521feaa9e57",
            "995f8a6b1878c9f0d96990f4cb481bae2f0911645d4d8a4738729eed9ddcf40c",
            "25556dbd9a0df9afed20791dc25a4059567a296eb7d9b64da4933866f81c1337",
            "92f4363a9dd9881cdcd9f0e0f2c7cd970261882e4708ec7e6daff67434004af4",
        ),
    ),
    Case(
        "commitment tx with six outputs untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        648,
        546,
        FIVE,
        "b063d188de8eda0da95d4a6cc0bfb84e7a28cc746188f356b5774986d9687f3e",
        (
            "17293c88bba7a55b23072989e8ea0d8985c7b85181b2dd6d6258417eac88b278",
            "5fb2ad1936040c11ebc1851c30dde0ff689ce236ff77527bc0672e9259ca22ee",
            "8f4db5a581316f2f2d6a1f9e9d8924df73287e6c015dd7b3f8231d001f779c32",
            "69e52f039caa167e171f8d0511e7cdc99931c173197f575b399d5e105792e7ea",
        ),
    ),
    Case(
        "commitment tx with six outputs untrimmed (maximum feerate)",
        6988000000,
        3000000000,
        2069,
        546,
        FIVE,
        "6a9a63a181a21ac58a7f931b5a4407e90a1aadfd995c80349183b1e539046d1b",
        (
            "993ddde918d67f59f0cb5134a68c829cacebc1df4c63ee79fa7ae41af94e4024",
            "73e13cac0bad22d618cb65f13d8b46121d771cc68b5f6ab72bb7eee666e905e1",
            "9b7fce5d155a9a43b4521c709a37cef9c3640ebb013036825491655cc7c7b431",
            "76817c06551c0644bfecc51495ebdb3b014093531490105c58ec84707f73d2fa",
        ),
    ),
    Case(
        "commitment tx with five outputs untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        2070,
        546,
        FIVE,
        "20f05b33f7ceede7e0fa014c1a16694b6a97f0f6eca5927431caffbdfaf2a5fc",
        (
            "39828df8d26b59a31d5f11e9ee70e506e7847e72b18633a78c69aadcdaf148d8",
            "096856ab5c719e90c85dca0ef64529c8d9fbe7e332c404a2dd94d328cd5c8bd7",
            "7599827dcba031ef8d614baa7da7fbd5fbaf8503f2f217e2950bd62cc4e67a3b",
        ),
    ),
    Case(
        "commitment tx with five outputs untrimmed (maximum feerate)",
        6988000000,
        3000000000,
        2194,
        546,
        FIVE,
        "eededf6c81fa8833e7cee055e5036b0489a400d0d169a1ccec65dbfe0fa6d90a",
        (
            "164256c5936036a179f7e22a7b6eff967b90cc7860318545510be1757e6159bb",
            "1646c7dd591eec3b74d42ca00e644d3a2d3e1bc036e3a2085ad1ba725a064862",
            "b99112c4d0357ae884d298801121cc74ab4245f2188d66ab44777115c143c442",
        ),
    ),
    Case(
        "commitment tx with four outputs untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        2195,
        546,
        FIVE,
        "d70a9e93fbb78cee42032969a0741aacb4f3467ec336c9b233212f7b23538469",
        (
            "2f0c9ee070018dfb55b2ddd52d3fbc05bc83512204ebef9eb7d0b368b6ee3552",
            "212fd5a3e09b226c96806323b383b871423bbee7d1e89110d71542a32df262e5",
        ),
    ),
    Case(
        "commitment tx with four outputs untrimmed (maximum feerate)",
        6988000000,
        3000000000,
        3702,
        546,
        FIVE,
        "3f2bf9fb63e454c2302d5382ad6bf61fad9da00c18134712c87039359d2a0360",
        (
            "c8dc1141325ad4546f23fa20b0e93cb9519de6c47724d0cb7861ddbae0d58cf1",
            "2ba2c1adfaa5a9f22b36090134df1832c18f3a8dc1fa1c9e4691642ef2302e43",
        ),
    ),
    Case(
        "commitment tx with three outputs untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        3703,
        546,
        FIVE,
        "7981b2d9cbade19d8457a99ad26aeaf17c74fe7ac5cf08194957efc7369b3807",
        ("34ff3817008678b66718358cfd5aceb586c3ba813d4df2d89868a2a42d5acd48",),
    ),
    Case(
        "commitment tx with three outputs untrimmed (maximum feerate)",
        6988000000,
        3000000000,
        4914,
        546,
        FIVE,
        "bb7d6e78c3a28b683223a34fc4ac22faab10efe1a88b463278ee0667e6d7786e",
        ("b8377eb771b5730015955e2fedbd5b5b6527bf6676337aa8c6c9dc85b647a6b1",),
    ),
    Case(
        "commitment tx with two outputs untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        4915,
        546,
        FIVE,
        "929ff77d4a2001e6bdcfe4ecd219b628320f2c3ff759b0100782ad2341a1cb1e",
        (),
    ),
    Case(
        "commitment tx with two outputs untrimmed (maximum feerate)",
        6988000000,
        3000000000,
        9651180,
        546,
        FIVE,
        "e6ccf571e2fe0c48c6be3c333ec0886b47658293679f2cdb2b9ec4a118fa5848",
        (),
    ),
    Case(
        "commitment tx with one output untrimmed (minimum feerate)",
        6988000000,
        3000000000,
        9651181,
        546,
        FIVE,
        "52de2c9c4985e007f7dc215b104b3490878700ca07672777ce3d3ff55189f5fc",
        (),
    ),
    Case(
        "commitment tx with fee greater than funder amount",
        6988000000,
        3000000000,
        9651936,
        546,
        FIVE,
        "52de2c9c4985e007f7dc215b104b3490878700ca07672777ce3d3ff55189f5fc",
        (),
    ),
    Case(
        "commitment tx with 3 htlc outputs, 2 offered having the same amount and preimage",
        6987999999,
        3000000000,
        253,
        546,
        SAME_AMOUNT,
        "330e89d4405f4bfec12f1a559b92dfa65db20806c9d692846a1d27cd5adcdd95",
        (
            "f3a420c3cf36b05e14e75d993c1c6469e1ec32ef52c6e3bd7032adc33e651f1a",
            "f0218a7725aa1712f4f95c500ebe98e5c841f6fba13472a977aeeb3161215d26",
            "5f45b4b3d4cb6c9bc9f918850d93dbbc510cf6567cf5c09126c40c8357cd2898",
        ),
    ),
)
ANCHORS = (
    Case(
        "simple commitment tx with no HTLCs",
        7000000000,
        3000000000,
        15000,
        546,
        (),
        "78fe2077bf54d9e3edfbb5e0d0fc94f85b54889d1f814a0bf9ecd8a5f97f6cb2",
        (),
    ),
    Case(
        "simple commitment tx with no HTLCs and single anchor",
        10000000000,
        0,
        15000,
        546,
        (),
        "a6462d49bb46f0bf8d75fa2da9e4f8aa6aaf860457a13e16f1180547ae470e08",
        (),
    ),
    Case(
        "commitment tx with seven outputs untrimmed",
        6988000000,
        3000000000,
        644,
        546,
        FIVE,
        "3c21131284edda060bc138c623293c9c003e278c6c2c1abe0627ac69496ba092",
        (
            "7d01c4af71114aa5eb477110360d060fd92c78dae9c14123be1d3442bf3ffe94",
            "6f08f27291194168ca3537346fb6ff2d9e591ff155d8863e803bf3e4536f7f62",
            "24109a4dbc03cf321e681b75b0c99f21bd49090c5ed1fd5fe066390acf1cacb5",
            "dafa1489e9491f5f6752242ed283e3e2846f823d0f1464ce41aff0b5413635e8",
            "7e87cb32b2a66e9e261b034887635d791505be028c07606a4053f4d6e10f0695",
        ),
    ),
    Case(
        "commitment tx with six outputs untrimmed (minimum dust limit)",
        6988000000,
        3000000000,
        645,
        1001,
        FIVE,
        "fe2c40fc79d41f6108d8484c41f00274e0dae4914e09bcdbf01de98f83c053e8",
        (
            "a058d44e988932b15e062b021e95587673a391525a546b157cfee8e2b0bf7b5a",
            "2cffa00e32155ef1f9d6a9c5d7a76632dbf8d51a3b7214b903a8e39ba47024a8",
            "d739e29051871812b15728604f6000a5d705b534cdb21d3a6a019ff6094a9685",
            "89740918fda17a31ec48b70a9699b8a1238e5a6582471a60d8f9302ceecd618e",
        ),
    ),
    Case(
        "commitment tx with four outputs untrimmed (minimum dust limit)",
        6988000000,
        3000000000,
        2185,
        2001,
        FIVE,
        "4f5602a4a3a4a34d2b402ee6052f4af354e67b7934c98d9493bfd65bc50e6470",
        (
            "7c767a1e3f152163c6afdda26e04c1bb0bc8e9a8bd29dc3e9117b7e6157e7152",
            "709e381746ce96a5ea789b927d4dbd65e250828c5e49f077bc688bae336c5dcc",
        ),
    ),
    Case(
        "commitment tx with three outputs untrimmed (minimum dust limit)",
        6988000000,
        3000000000,
        3687,
        3001,
        FIVE,
        "87c5b3eaee6a273aac945e8b34b42c8b8ea4ee2ee5541de6a42416600dc6a28e",
        ("e7ce9b8dc05243a03e01d44752a37b46ac2c530e66181a2870b354483104fbc7",),
    ),
    Case(
        "commitment tx with two outputs untrimmed (minimum dust limit)",
        6988000000,
        3000000000,
        4894,
        4001,
        FIVE,
        "7aed4e156d0989b261c26662ee98f238b35fa191699c391c61a3c2c8e92b1552",
        (),
    ),
    Case(
        "commitment tx with one output untrimmed (minimum dust limit)",
        6988000000,
        3000000000,
        6216010,
        4001,
        FIVE,
        "577d1a05d80f6d2388fc5b9ea7c29d11e0c788d55b7d078442bee9ceee843cf0",
        (),
    ),
    Case(
        "commitment tx with 3 htlc outputs, 2 offered having the same amount and preimage",
        6987999999,
        3000000000,
        253,
        546,
        SAME_AMOUNT,
        "721837cf92ce3c532aa5b2496bc0afeb4e6cc436693b00c705567c4a9010ab4a",
        (
            "389ae6afcff073636ea0be053b863c99bf432ef9c11db0dce68662e6c513ef28",
            "1f7147e4616691560c0494d64bbdd0b9ca4086d8d74c02e79564d4e67761c0fc",
            "aae8515b1f353281bb97c30638da4097e577a21b3b19f65add85a7ac8cdf6719",
        ),
    ),
)

# Direction, amount in msat, expiry, first byte of the preimage (all 32 are the same).
HTLCS = (
    (HtlcSide.RECEIVED, 1_000_000, 500, 0),
    (HtlcSide.RECEIVED, 2_000_000, 501, 1),
    (HtlcSide.OFFERED, 2_000_000, 502, 2),
    (HtlcSide.OFFERED, 3_000_000, 503, 3),
    (HtlcSide.RECEIVED, 4_000_000, 504, 4),
    (HtlcSide.OFFERED, 5_000_000, 506, 5),
    (HtlcSide.OFFERED, 5_000_001, 505, 5),
)

LOCAL_FUNDING = PrivateKey(
    bytes.fromhex("30ff4956bbdd3222d44cc5e8a1261dab1e07957bdac5ae88fe3261ef321f3749")
)
REMOTE_FUNDING = PrivateKey(
    bytes.fromhex("1552dfba4f6cf29a62a0af13c8d6981d36d0ef8d61ba10fb0fe90da7634d7e13")
)
LOCAL_HTLC = PrivateKey(
    bytes.fromhex("bb13b121cdc357cd2e608b0aea294afca36e2b34cf958e2e6451a2f274694491")
)
REMOTE_HTLC = PrivateKey(
    bytes.fromhex("8deba327a7cc6d638ab0eb025770400a6184afcba6713c210d8d10e199ff2fda")
)
LOCAL_PAYMENT_BASEPOINT = PrivateKey(b"\x11" * 32).point
REMOTE_PAYMENT_BASEPOINT = PrivateKey(b"\x44" * 32).point
KEYS = CommitmentKeys(
    per_commitment_point=Point.from_hex(
        "025f7117a78150fe2ef97db7cfc83bd57b2e2c0d0dd25eaf467a4a1c2a45ce1486"
    ),
    revocation=Point.from_hex("0212a140cd0c6539d07cd08dfe09984dec3251ea808b892efeac3ede9402bf2b19"),
    local_delayed=Point.from_hex(
        "03fd5960528dc152014952efdb702a88f71e3c1653b2314431701ec77e57fde83c"
    ),
    local_htlc=LOCAL_HTLC.point,
    remote_htlc=REMOTE_HTLC.point,
)


def terms_of(case: Case, *, anchors: bool) -> CommitmentTerms:
    return CommitmentTerms(
        funding_outpoint=OutPoint(
            Txid.from_display("8984484a580b825b9972d7adb15050b3ab624ccd731946b3eeddb92f4e7ef6be"), 0
        ),
        funding_amount=Sat(10_000_000),
        local_funding_pubkey=LOCAL_FUNDING.point,
        remote_funding_pubkey=REMOTE_FUNDING.point,
        opener_payment_basepoint=LOCAL_PAYMENT_BASEPOINT,
        accepter_payment_basepoint=REMOTE_PAYMENT_BASEPOINT,
        # The appendices' remote payment key is not tweaked: static_remotekey.
        remote_payment_basepoint=REMOTE_PAYMENT_BASEPOINT,
        owner_is_funder=True,
        dust_limit=Sat(case.dust_limit_satoshis),
        to_self_delay=CltvDelta(144),
        form=ANCHORS_FORMAT if anchors else OLD_FORMAT,
    )


def preimage_of(number: int) -> Preimage:
    return Preimage(bytes([HTLCS[number][3]]) * 32)


def spec_of(case: Case) -> CommitmentSpec:
    htlcs = tuple(
        CommitmentHtlc(
            HTLCS[number][0],
            number,
            Msat(HTLCS[number][1]),
            PaymentHash(sha256(preimage_of(number))),
            BlockHeight(HTLCS[number][2]),
        )
        for number in case.htlc_numbers
    )
    return CommitmentSpec(
        Msat(case.to_local_msat),
        Msat(case.to_remote_msat),
        FeeratePerKw(case.feerate_per_kw),
        htlcs,
    )


def build(case: Case, *, anchors: bool) -> tuple[CommitmentTerms, BuiltCommitment]:
    terms = terms_of(case, anchors=anchors)
    return terms, build_commitment(terms, KEYS, spec_of(case), 42)


@pytest.mark.parametrize("anchors", [False, True], ids=["static_remotekey", "anchors"])
def test_obscured_commitment_number(anchors: bool) -> None:
    assert terms_of(STATIC_REMOTEKEY[0], anchors=anchors).obscuring_factor == 0x2BB038521914


PARAMETERS = [pytest.param(case, False, id=f"C {case.name}") for case in STATIC_REMOTEKEY] + [
    pytest.param(case, True, id=f"F {case.name}") for case in ANCHORS
]


@pytest.mark.parametrize(("case", "anchors"), PARAMETERS)
def test_commitment_transaction(case: Case, anchors: bool) -> None:
    """BOLT 3, appendices C and F: the signed commitment."""
    terms, built = build(case, anchors=anchors)
    digest = built.digest(terms)
    witness = funding_witness(
        terms, LOCAL_FUNDING.sign_ecdsa(digest), REMOTE_FUNDING.sign_ecdsa(digest)
    )
    signed = built.transaction.with_witness(0, witness)
    assert str(signed.wtxid) == case.commitment_wtxid
    funding = TxOut(terms.funding_amount, p2wsh(terms.funding_script))
    verify_transaction(signed, [funding])
    with pytest.raises(ScriptRefused):
        verify_transaction(signed, [TxOut(Sat(9_999_999), funding.script_pubkey)])


@pytest.mark.parametrize(("case", "anchors"), PARAMETERS)
def test_htlc_transactions(case: Case, anchors: bool) -> None:
    """BOLT 3, appendices C and F: each HTLC-success and HTLC-timeout, in signature order."""
    terms, built = build(case, anchors=anchors)
    wtxids = []
    for output in built.htlc_outputs:
        transaction = build_htlc_transaction(
            terms, KEYS, FeeratePerKw(case.feerate_per_kw), built, output
        )
        own = LOCAL_HTLC.sign_ecdsa(htlc_digest(transaction, output, terms, by_owner=True))
        other = REMOTE_HTLC.sign_ecdsa(htlc_digest(transaction, output, terms, by_owner=False))
        received = output.htlc.side is HtlcSide.RECEIVED
        preimage = preimage_of(output.htlc.id) if received else None
        signed = transaction.with_witness(0, htlc_witness(terms, output, own, other, preimage))
        wtxids.append(str(signed.wtxid))
        prevout = built.transaction.outputs[output.index]
        verify_transaction(signed, [prevout])
        with pytest.raises(ScriptRefused):
            verify_transaction(signed, [TxOut(prevout.amount + Sat(1), prevout.script_pubkey)])
    assert tuple(wtxids) == case.htlc_wtxids
