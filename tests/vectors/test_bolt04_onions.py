"""BOLT 4: `onion-test.json`, `onion-error-test.json`, and the trace of "Test Vector"."""

from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.sphinx.attribution import add_hold_time, read_hold_times
from tipdesk.lightning.sphinx.errors import (
    ReturnedFailure,
    create_failure,
    read_failure,
    wrap_failure,
)
from tipdesk.lightning.sphinx.packet import Peeled, build, peel
from tipdesk.lightning.wire.failures import Failure, FailureCode, decode

SESSION_KEY = PrivateKey(b"\x41" * 32)
ASSOCIATED_DATA = PaymentHash(b"\x42" * 32)
NODE_KEYS = [PrivateKey(bytes([0x41 + index]) * 32) for index in range(5)]
PAYLOADS = [
    bytes.fromhex("02023a98040205dc06080000000000000001"),
    bytes.fromhex(
        "020236b00402057806080000000000000002fd02013c" + "0102030405060708090a0b0c0d0e0f" * 4
    ),
    bytes.fromhex("020230d4040204e206080000000000000003"),
    bytes.fromhex("02022710040203e806080000000000000004"),
    bytes.fromhex(
        "02022710040203e8082224a33562c54507a9334e79f0dc4f17d407e6d7c61f0e2f3d0d38599502f61704"
        "2710fd012de0" + "2a" * 224
    ),
]
SHARED_SECRETS = [
    bytes.fromhex("53eb63ea8a3fec3b3cd433b85cd62a4b145e1dda09391b348c4e1cd36a03ea66"),
    bytes.fromhex("a6519e98832a0b179f62123b3567c106db99ee37bef036e783263602f3488fae"),
    bytes.fromhex("3a6b412548762f0dbccce5c7ae7bb8147d1caf9b5471c34120b30bc9c04891cc"),
    bytes.fromhex("21e13c2d7cfe7e18836df50872466117a295783ab8aab0e7ecc8c725503ad02d"),
    bytes.fromhex("b5756b9b542727dbafc6765a49488b023a725d631af688fc031217e90770c328"),
]
ONION = bytes.fromhex(
    "0002eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619f7f3416a5aa36dc7eeb3"
    "ec6d421e9615471ab870a33ac07fa5d5a51df0a8823aabe3fea3f90d387529d4f72837f9e687230371ccd8d2"
    "63072206dbed0234f6505e21e282abd8c0e4f5b9ff8042800bbab065036eadd0149b37f27dde664725a49866"
    "e052e809d2b0198ab9610faa656bbf4ec516763a59f8f42c171b179166ba38958d4f51b39b3e98706e2d14a2"
    "dafd6a5df808093abfca5aeaaca16eded5db7d21fb0294dd1a163edf0fb445d5c8d7d688d6dd9c541762bf5a"
    "5123bf9939d957fe648416e88f1b0928bfa034982b22548e1a4d922690eecf546275afb233acf43239746807"
    "79f1a964cfe687456035cc0fba8a5428430b390f0057b6d1fe9a8875bfa89693eeb838ce59f09d207a503ee6"
    "f6299c92d6361bc335fcbf9b5cd44747aadce2ce6069cfdc3d671daef9f8ae590cf93d957c9e873e9a1bc62d"
    "9640dc8fc39c14902d49a1c80239b6c5b7fd91d05878cbf5ffc7db2569f47c43d6c0d27c438abff276e87364"
    "deb8858a37e5a62c446af95d8b786eaf0b5fcf78d98b41496794f8dcaac4eef34b2acfb94c7e8c32a9e9866a"
    "8fa0b6f2a06f00a1ccde569f97eec05c803ba7500acc96691d8898d73d8e6a47b8f43c3d5de74458d20eda61"
    "474c426359677001fbd75a74d7d5db6cb4feb83122f133206203e4e2d293f838bf8c8b3a29acb321315100b8"
    "7e80e0edb272ee80fda944e3fb6084ed4d7f7c7d21c69d9da43d31a90b70693f9b0cc3eac74c11ab8ff65590"
    "5688916cfa4ef0bd04135f2e50b7c689a21d04e8e981e74c6058188b9b1f9dfc3eec6838e9ffbcf22ce738d8"
    "a177c19318dffef090cee67e12de1a3e2a39f61247547ba5257489cbc11d7d91ed34617fcc42f7a9da2e3cf3"
    "1a94a210a1018143173913c38f60e62b24bf0d7518f38b5bab3e6a1f8aeb35e31d6442c8abb5178efc892d2e"
    "787d79c6ad9e2fc271792983fa9955ac4d1d84a36c024071bc6e431b625519d556af38185601f70e29035ea6"
    "a09c8b676c9d88cf7e05e0f17098b584c4168735940263f940033a220f40be4c85344128b14beb9e75696db3"
    "7014107801a59b13e89cd9d2258c169d523be6d31552c44c82ff4bb18ec9f099f3bf0e5b1bb2ba9a87d7e26f"
    "98d294927b600b5529c47e04d98956677cbcee8fa2b60f49776d8b8c367465b7c626da53700684fb6c918ead"
    "0eab8360e4f60edd25b4f43816a75ecf70f909301825b512469f8389d79402311d8aecb7b3ef8599e79485a4"
    "388d87744d899f7c47ee644361e17040a7958c8911be6f463ab6a9b2afacd688ec55ef517b38f1339efc5448"
    "7232798bb25522ff4572ff68567fe830f92f7b8113efce3e98c3fffbaedce4fd8b50e41da97c0c08e423a726"
    "89cc68e68f752a5e3a9003e64e35c957ca2e1c48bb6f64b05f56b70b575ad2f278d57850a7ad568c24a4d32a"
    "3d74b29f03dc125488bc7c637da582357f40b0a52d16b3b40bb2c2315d03360bc24209e20972c200566bcf3b"
    "be5c5b0aedd83132a8a4d5b4242ba370b6d67d9b67eb01052d132c7866b9cb502e44796d9d356e4e3cb47cc5"
    "27322cd24976fe7c9257a2864151a38e568ef7a79f10d6ef27cc04ce382347a2488b1f404fdbf407fe1ca1c9"
    "d0d5649e34800e25e18951c98cae9f43555eef65fee1ea8f15828807366c3b612cd5753bf9fb8fced08855f7"
    "42cddd6f765f74254f03186683d646e6f09ac2805586c7cf11998357cafc5df3f285329366f475130c928b2d"
    "ceba4aa383758e7a9d20705c4bb9db619e2992f608a1ba65db254bb389468741d0502e2588aeb54390ac600c"
    "19af5c8e61383fc1bebe0029e4474051e4ef908828db9cca13277ef65db3fd47ccc2179126aaefb627719f42"
    "1e20"
)
ERROR_PACKET = bytes.fromhex(
    "9c5add3963fc7f6ed7f148623c84134b5647e1306419dbe2174e523fa9e2fbed3a06a19f899145610741c83a"
    "d40b7712aefaddec8c6baf7325d92ea4ca4d1df8bce517f7e54554608bf2bd8071a4f52a7a2f7ffbb1413eda"
    "d81eeea5785aa9d990f2865dc23b4bc3c301a94eec4eabebca66be5cf638f693ec256aec514620cc28ee4a94"
    "bd9565bc4d4962b9d3641d4278fb319ed2b84de5b665f307a2db0f7fbb757366067d88c50f7e829138fde4f7"
    "8d39b5b5802f1b92a8a820865af5cc79f9f30bc3f461c66af95d13e5e1f0381c184572a91dee1c849048a647"
    "a1158cf884064deddbf1b0b88dfe2f791428d0ba0f6fb2f04e14081f69165ae66d9297c118f0907705c9c495"
    "4a199bae0bb96fad763d690e7daa6cfda59ba7f2c8d11448b604d12d"
)
LONG_ERROR_PACKET = bytes.fromhex(
    "2dd2f49c1f5af0fcad371d96e8cddbdcd5096dc309c1d4e110f955926506b3c03b44c192896f45610741c85e"
    "d4074212537e0c118d472ff3a559ae244acd9d783c65977765c5d4e00b723d00f12475aafaafff7b31c1be5a"
    "589e6e25f8da2959107206dd42bbcb43438129ce6cce2b6b4ae63edc76b876136ca5ea6cd1c6a04ca86eca14"
    "3d15e53ccdc9e23953e49dc2f87bb11e5238cd6536e57387225b8fff3bf5f3e686fd08458ffe0211b87d6477"
    "0db9353500af9b122828a006da754cf979738b4374e146ea79dd93656170b89c98c5f2299d6e9c0410c826c7"
    "21950c780486cd6d5b7130380d7eaff994a8503a8fef3270ce94889fe996da66ed121741987010f785494415"
    "ca991b2e8b39ef2df6bde98efd2aec7d251b2772485194c8368451ad49c2354f9d30d95367bde316fec6cbdd"
    "dc7dc0d25e99d3075e13d3de0822669861dafcd29de74eac48b64411987285491f98d78584d0c2a163b7221e"
    "a796f9e8671b2bb91e38ef5e18aaf32c6c02f2fb690358872a1ed28166172631a82c2568d23238017188ebbd"
    "48944a147f6cdb3690d5f88e51371cb70adf1fa02afe4ed8b581afc8bcc5104922843a55d52acde09bc9d2b7"
    "1a663e178788280f3c3eae127d21b0b95777976b3eb17be40a702c244d0e5f833ff49dae6403ff44b131e66d"
    "f8b88e33ab0a58e379f2c34bf5113c66b9ea8241fc7aa2b1fa53cf4ed3cdd91d407730c66fb039ef3a36d405"
    "0dde37d34e80bcfe02a48a6b14ae28227b1627b5ad07608a7763a531f2ffc96dff850e8c583461831b19feff"
    "c783bc1beab6301f647e9617d14c92c4b1d63f5147ccda56a35df8ca4806b8884c4aa3c3cc6a174fdc223240"
    "4822569c01aba686c1df5eecc059ba97e9688c8b16b70f0d24eacfdba15db1c71f72af1b2af85bd168f0b080"
    "0483f115eeccd9b02adf03bdd4a88eab03e43ce342877af2b61f9d3d85497cd1c6b96674f3d4f07f635bb26a"
    "dd1e36835e321d70263b1c04234e222124dad30ffb9f2a138e3ef453442df1af7e566890aedee568093aa922"
    "dd62db188aa8361c55503f8e2c2e6ba93de744b55c15260f15ec8e69bb01048ca1fa7bbbd26975bde80930a5"
    "b95054688a0ea73af0353cc84b997626a987cc06a517e18f91e02908829d4f4efc011b9867bd9bfe04c5f94e"
    "4b9261d30cc39982eb7b250f12aee2a4cce0484ff34eebba89bc6e35bd48d3968e4ca2d77527212017e20214"
    "1900152f2fd8af0ac3aa456aae13276a13b9b9492a9a636e18244654b3245f07b20eb76b8e1cea8c55e5427f"
    "08a63a16b0a633af67c8e48ef8e53519041c9138176eb14b8782c6c2ee76146b8490b97978ee73cd0104e12f"
    "483be5a4af414404618e9f6633c55dda6f22252cb793d3d16fae4f0e1431434e7acc8fa2c009d4f6e345ade1"
    "72313d558a4e61b4377e31b8ed4e28f7cd13a7fe3f72a409bc3bdabfe0ba47a6d861e21f64d2fac706dab18b"
    "3e546df4"
)
LONG_ERROR_PACKET_AT_NODE_4 = bytes.fromhex(
    "146e94a9086dbbed6a0ab6932d00c118a7195dbf69b7d7a12b0e6956fc54b5e0a989f165b5f12fd45edd73a5"
    "b0c48630ff5be69500d3d82a29c0803f0a0679a6a073c33a6fb8250090a3152eba3f11a85184fa87b67f1b03"
    "54d6f48e3b342e332a17b7710f342f342a87cf32eccdf0afc2160808d58abb5e5840d2c760c538e63a6f8419"
    "70f97d2e6fe5b8739dc45e2f7f5f532f227bcc2988ab0f9cc6d3f12909cd5842c37bc8c7608475a5ebbe1062"
    "6d5ecc1f3388ad5f645167b44a4d166f87863fe34918cea25c18059b4c4d9cb414b59f6bc50c1cea749c80c4"
    "3e2344f5d23159122ed4ab9722503b212016470d9610b46c35dbeebaf2e342e09770b38392a803bc9d2e7c8d"
    "6d384ffcbeb74943fe3f64afb2a543a6683c7db3088441c531eeb4647518cb41992f8954f1269fb969630944"
    "928c2d2b45593731b5da0c4e70d04a0a57afe4af42e99912fbb4f8883a5ecb9cb29b883cb6bfa0f4db2279ff"
    "8c6d2b56a232f55ba28fe7dfa70a9ab0433a085388f25cce8d53de6a2fbd7546377d6ede9027ad173ba1f957"
    "67461a3689ef405ab608a21086165c64b02c1782b04a6dba2361a7784603069124e12f2f6dcb1ec7612a4fbf"
    "94c0e14631a2bef6190c3d5f35e0c4b32aa85201f449d830fd8f782ec758b0910428e3ec3ca1dba3b6c7d89f"
    "69e1ee1b9df3dfbbf6d361e1463886b38d52e8f43b73a3bd48c6f36f5897f514b93364a31d49d1d506340b13"
    "15883d425cb36f4ea553430d538fd6f3596d4afc518db2f317dd051abc0d4bfb0a7870c3db70f19fe78d6604"
    "bbf088fcb4613f54e67b038277fedcd9680eb97bdffc3be1ab2cbcbafd625b8a7ac34d8c190f98d3064ecd3b"
    "95b8895157c6a37f31ef4de094b2cb9dbf8ff1f419ba0ecacb1bb13df0253b826bec2ccca1e745dd3b3e7cc6"
    "277ce284d649e7b8285727735ff4ef6cca6c18e2714f4e2a1ac67b25213d3bb49763b3b94e7ebf72507b71fb"
    "2fe0329666477ee7cb7ebd6b88ad5add8b217188b1ca0fa13de1ec09cc674346875105be6e0e0d6c8928eb0d"
    "f23c39a639e04e4aedf535c4e093f08b2c905a14f25c0c0fe47a5a1535ab9eae0d9d67bdd79de13a08d59ee0"
    "5385c7ea4af1ad3248e61dd22f8990e9e99897d653dd7b1b1433a6d464ea9f74e377f2d8ce99ba7dbc753297"
    "644234d25ecb5bd528e2e2082824681299ac30c05354baaa9c3967d86d7c07736f87fc0f63e5036d47235d7a"
    "e12178ced3ae36ee5919c093a02579e4fc9edad2c446c656c790704bfc8e2c491a42500aa1d75c8d4921ce29"
    "b753f883e17c79b09ea324f1f32ddf1f3284cd70e847b09d90f6718c42e5c94484cc9cbb0df659d255630a3f"
    "5a27e7d5dd14fa6b974d1719aa98f01a20fb4b7b1c77b42d57fab3c724339d459ee4a1c6b5d3bd4e08624c78"
    "6a257872acc9ad3ff62222f2265a658d9f2a007229a5293b67ec91c84c4b4407c228434bad8a815ca9b256c7"
    "76bd2c9f"
)


def test_the_onion_is_built_byte_for_byte() -> None:
    hops = [(NodeId(key.point), payload) for key, payload in zip(NODE_KEYS, PAYLOADS, strict=True)]
    onion = build(SESSION_KEY, hops, ASSOCIATED_DATA)
    assert onion.packet == ONION
    assert list(onion.shared_secrets) == SHARED_SECRETS


def test_every_hop_peels_its_payload() -> None:
    packet: bytes | None = ONION
    for key, payload, secret in zip(NODE_KEYS, PAYLOADS, SHARED_SECRETS, strict=True):
        assert packet is not None
        peeled = peel(packet, key, ASSOCIATED_DATA)
        assert isinstance(peeled, Peeled)
        assert (peeled.payload, peeled.shared_secret) == (payload, secret)
        packet = peeled.next_packet
    assert packet is None


def test_a_failure_of_the_last_hop_comes_back_byte_for_byte() -> None:
    packet = create_failure(SHARED_SECRETS[4], bytes.fromhex("2002"))
    for secret in reversed(SHARED_SECRETS[:4]):
        packet = wrap_failure(secret, packet)
    assert packet == ERROR_PACKET


def test_the_origin_reads_who_failed_and_why() -> None:
    found = read_failure(SHARED_SECRETS, ERROR_PACKET)
    assert found == ReturnedFailure(4, bytes.fromhex("2002"))
    assert decode(found.message) == Failure(code=FailureCode.TEMPORARY_NODE_FAILURE)


def test_a_long_failure_is_wrapped_and_read_with_its_unknown_tail() -> None:
    packet = LONG_ERROR_PACKET_AT_NODE_4
    for secret in reversed(SHARED_SECRETS[:4]):
        packet = wrap_failure(secret, packet)
    assert packet == LONG_ERROR_PACKET
    found = read_failure(SHARED_SECRETS, packet)
    assert found is not None
    assert found.hop_index == 4
    assert found.message[14:] == bytes.fromhex("fd84d1fd012c") + b"\x80" * 300
    assert decode(found.message) == Failure(
        code=FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS,
        htlc_msat=Msat(100),
        height=BlockHeight(800_000),
    )


ATTRIBUTION_OF_FAILURE = [
    "25ff586eab24fa8d3ea4170629269da6d89482b084a2dddf6569bb8695c691d0",
    "c4aad28856fa0e3a7b4a016ca993628fa1be20853ac923317c8847f8ce721806",
    "5706b3765997d4716e76daf8853e552765e92114fc435716638b33fbc8c42d1c",
    "013c69b6b2abc0453348483f8cb81aafb991fb1846b9c4523c2d18522a18abe3",
    "7fe8cee92a9d62492c9ef65d54f363f41563be0050c6bce084fbb0034405646b",
]
ATTRIBUTION_OF_SUCCESS = [
    "03fafa645fbc1fd1d623b7900b21e4968b85c02847c623fc667dd66d2718f3f2",
    "559e20750750c4cf807f0d5fdd95077412509c2274466e60560acc63af91741c",
    "b4dc73f0964f4b693c50c171e184ad65b66e02f9f13f3ead33e3b813b3ae7f23",
    "407543c483b29ec88a2cbc9039ef73cd4127e6e537fb297192695fd6cfacd571",
    "7c8edc31d5900c0c8df5393c534cf54fa88d3fd91a6d0760f7353b98feae0587",
]
"""SHA-256 of the 920 bytes that the trace names for the nodes 4 to 0.

The trace's list of hold times counts from the other end than its nodes: node 4 says 1, node 0 5.
"""


def test_attribution_data_of_a_failure_grows_byte_for_byte() -> None:
    packet, told = wrap_failure(SHARED_SECRETS[4], LONG_ERROR_PACKET_AT_NODE_4), b""
    for units, secret in enumerate(reversed(SHARED_SECRETS), 1):
        told = add_hold_time(secret, 100 * units, packet, told)
        packet = wrap_failure(secret, packet)
        assert sha256(told).hex() == ATTRIBUTION_OF_FAILURE[units - 1]
    assert packet == LONG_ERROR_PACKET
    assert read_hold_times(SHARED_SECRETS, told, packet) == (500, 400, 300, 200, 100)


def test_attribution_data_of_a_success_grows_byte_for_byte() -> None:
    told = b""
    for units, secret in enumerate(reversed(SHARED_SECRETS), 1):
        told = add_hold_time(secret, 100 * units, b"", told)
        assert sha256(told).hex() == ATTRIBUTION_OF_SUCCESS[units - 1]
    assert read_hold_times(SHARED_SECRETS, told) == (500, 400, 300, 200, 100)
