"""BOLT 4: `blinded-payment-onion-test.json`: a payment that enters a blinded route behind Alice."""

from typing import Final

import pytest

from tipdesk.base.ids import NodeId, PaymentHash, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import Direction, Htlc
from tipdesk.lightning.invoice.bolt12 import BlindedPayinfo
from tipdesk.lightning.payment.blinded import InvalidBlinding, read_final, read_forward
from tipdesk.lightning.payment.tails import tail_of, tail_payloads
from tipdesk.lightning.routing.query import BLINDED, Hop, Route
from tipdesk.lightning.sphinx.blinding import BlindedHop, BlindedPath, blinded_key
from tipdesk.lightning.sphinx.packet import Peeled, build, peel
from tipdesk.lightning.sphinx.payload import decode_blinded

ALICE, BOB, CAROL, DAVE, EVE = (PrivateKey(bytes([0x41 + n]) * 32) for n in range(5))
PAYMENT_HASH: Final = PaymentHash(b"\x42" * 32)
HEIGHT: Final = BlockHeight(749_000)
AMOUNT: Final = Msat(100_000)
TERMS: Final = BlindedPayinfo(
    fee_base_msat=10_100,
    fee_proportional_millionths=251,
    cltv_expiry_delta=CltvDelta(150),
    htlc_minimum_msat=Msat(50),
    htlc_maximum_msat=Msat(10**9),
)
PATH: Final = BlindedPath(
    NodeId(BOB.point),
    Point(bytes.fromhex("024d4b6cd1361032ca9bd2aeb9d900aa4d45d9ead80ac9423374c451a7254d0766")),
    (
        BlindedHop(
            Point(
                bytes.fromhex("03da173ad2aee2f701f17e59fbd16cb708906d69838a5f088e8123fb36e89a2c25")
            ),
            bytes.fromhex(
                "cd7b00ff9c09ed28102b210ac73aa12d63e90852cebc496c49f57c499a2888b49f2e72b1"
                "9446f7e60a818aa2938d8c625415b992b8928a7321edb8f7cea40de362bed082ad51acc6"
                "156dca5532fb68"
            ),
        ),
        BlindedHop(
            Point(
                bytes.fromhex("02e466727716f044290abf91a14a6d90e87487da160c2a3cbd0d465d7a78eb83a7")
            ),
            bytes.fromhex(
                "cc0f16524fd7f8bb0f4e8d40ad71709ef140174c76faa574cac401bb8992fef76c4d004a"
                "a485dd599ed1cf2715f570f656a5aaecaf1ee8dc9d0fa1d424759be1932a8f29fac08bc2"
                "d2a1ed7159f28b"
            ),
        ),
        BlindedHop(
            Point(
                bytes.fromhex("036861b366f284f0a11738ffbf7eda46241a8977592878fe3175ae1d1e4754eccf")
            ),
            bytes.fromhex(
                "0fa1a72cff3b64a3d6e1e4903cf8c8b0a17144aeb249dcb86561adee1f679ee8db3e561d"
                "9e49895fd4bcebf6f58d6f61a6d41a9bf5aa4b0453437856632e8255c351873143ddf2bb"
                "2b0832b091e1b4"
            ),
        ),
        BlindedHop(
            Point(
                bytes.fromhex("021982a48086cb8984427d3727fe35a03d396b234f0701f5249daa12e8105c8dae")
            ),
            bytes.fromhex(
                "da1c7e5f7881219884beae6ae68971de73bab4c3055d9865b1afb60722a63c688768042a"
                "de22f2c22f5724767d171fd221d3e579e43b354cc72e3ef146ada91a892d95fc48662f5b"
                "158add0af457da"
            ),
        ),
    ),
)
PAYLOADS: Final = (
    bytes.fromhex("020301ae2d04030b6e5e0608000000000000000a"),
    bytes.fromhex(
        "0a4fcd7b00ff9c09ed28102b210ac73aa12d63e90852cebc496c49f57c499a2888b49f2e72b19446f7e6"
        "0a818aa2938d8c625415b992b8928a7321edb8f7cea40de362bed082ad51acc6156dca5532fb680c2102"
        "4d4b6cd1361032ca9bd2aeb9d900aa4d45d9ead80ac9423374c451a7254d0766"
    ),
    bytes.fromhex(
        "0a4fcc0f16524fd7f8bb0f4e8d40ad71709ef140174c76faa574cac401bb8992fef76c4d004aa485dd59"
        "9ed1cf2715f570f656a5aaecaf1ee8dc9d0fa1d424759be1932a8f29fac08bc2d2a1ed7159f28b"
    ),
    bytes.fromhex(
        "0a4f0fa1a72cff3b64a3d6e1e4903cf8c8b0a17144aeb249dcb86561adee1f679ee8db3e561d9e49895f"
        "d4bcebf6f58d6f61a6d41a9bf5aa4b0453437856632e8255c351873143ddf2bb2b0832b091e1b4"
    ),
    bytes.fromhex(
        "02030186a004030b6dc80a4fda1c7e5f7881219884beae6ae68971de73bab4c3055d9865b1afb60722a6"
        "3c688768042ade22f2c22f5724767d171fd221d3e579e43b354cc72e3ef146ada91a892d95fc48662f5b"
        "158add0af457da12030249f0"
    ),
)
"""Without their length, which is one byte each."""
ONIONS: Final = (
    bytes.fromhex(
        "0002531fe6068134503d2723133227c867ac8fa6c83c537e9a44c3c5bdbdcb1fe337dadf610256c6ab51"
        "8495dce9cdedf9391e21a71dada75be905267ba82f326c0513dda706908cfee834996700f881b2aed106"
        "585d61a2690de4ebe5d56ad2013b520af2a3c49316bc590ee83e8c31b1eb11ff766dad27ca993326b1ed"
        "582fb451a2ad87fbf6601134c6341c4a2deb6850e25a355be68dbb6923dc89444fdd74a0f700433b667b"
        "da345926099f5547b07e97ad903e8a01566a78ae177366239e793dac719de805565b6d0a1d290e273f70"
        "5cfc56873f8b5e28225f7ded7a1d4ceffae63f91e477be8c917c786435976102a924ba4ba3de6150c829"
        "ce01c25428f2f5d05ef023be7d590ecdf6603730db3948f80ca1ed3d85227e64ef77200b9b557f427b6e"
        "1073cfa0e63e4485441768b98ab11ba8104a6cee1d7af7bb5ee9c05cf9cf4718901e92e09dfe5cb3af33"
        "6a953072391c1e91fc2f4b92e124b38e0c6d17ef6ba7bbe93f02046975bb01b7f766fcfc5a755af11a90"
        "cc7eb3505986b56e07a7855534d03b79f0dfbfe645b0d6d4185c038771fd25b800aa26b2ed2e30b1e713"
        "659468618a2fea04fcd0473284598f76b11b0d159d343bc9711d3bea8d561547bcc8fff12317c0e7b1ee"
        "75bcb8082d762b6417f99d0f71ff7c060f6b564ad6827edaffa72eefcc4ce633a8da8d41c19d8f6aebd8"
        "878869eb518ccc16dccae6a94c690957598ce0295c1c46af5d7a2f0955b5400526bfd1430f554562614b"
        "5d00feff3946427be520dee629b76b6a9c2b1da6701c8ca628a69d6d40e20dd69d6e879d7a052d9c16f5"
        "44b49738c7ff3cdd0613e9ed00ead7707702d1a6a0b88de1927a50c36beb78f4ff81e3dd97b706307596"
        "eebb363d418a891e1cb4589ce86ce81cdc0e1473d7a7dd5f6bb6e147c1f7c46fa879b4512c25704da6cd"
        "bb3c123a72e3585dc07b3e5cbe7fecf3a08426eee8c70ddc46ebf98b0bcb14a08c469cb5cfb6702acc0b"
        "efd17640fa60244eca491280a95fbbc5833d26e4be70fcf798b55e06eb9fcb156942dcf108236f32a5a6"
        "c605687ba4f037eddbb1834dcbcd5293a0b66c621346ca5d893d239c26619b24c71f25cecc275e1ab244"
        "36ac01c80c0006fab2d95e82e3a0c3ea02d08ec5b24eb39205c49f4b549dcab7a88962336c4624716902"
        "f4e08f2b23cfd324f18405d66e9da3627ac34a6873ba2238386313af20d5a13bbd507fdc73015a17e3bd"
        "38fae1145f7f70d7cb8c5e1cdf9cf06d1246592a25d56ec2ae44cd7f75aa7f5f4a2b2ee49a41a26be4fa"
        "b3f3f2ceb7b08510c5e2b7255326e4c417325b333cafe96dde1314a15dd6779a7d5a8a40622260041e93"
        "6247eec8ec39ca29a1e18161db37497bdd4447a7d5ef3b8d22a2acd7f486b152bb66d3a15afc41dc9245"
        "a8d75e1d33704d4471e417ccc8d31645fdd647a2c191692675cf97664951d6ce98237d78b0962ad1433b"
        "5a3e49ddddbf57a391b14dcce00b4d7efe5cbb1e78f30d5ef53d66c381a45e275d2dcf6be559acb3c424"
        "94a9a2156eb8dcf03dd92b2ebaa697ea628fa0f75f125e4a7daa10f8dcf56ebaf7814557708c75580fad"
        "2bbb33e66ad7a4788a7aaac792aaae76138d7ff09df6a1a1920ddcf22e5e7007b15171b51ff817993552"
        "32ce39f7d5ceeaf704255d790041d6390a69f42816cba641ec81faa3d7c0fdec59dfe4ca41f31a692eaf"
        "fc66b083995d86c575aea4514a3e09e8b3a1fa4d1591a2505f253ad0b6bfd9d87f063d2be414d3a427c0"
        "506a88ac5bdbef9b50d73bce876f85c196dca435e210e1d6713695b529ddda3350fb5065a6a8288abd26"
        "5380917bac8ebbc7d5ced564587471dddf90c22ce6dbadea7e7a6723438d4cf6ac6dae27d033a8cadd77"
        "ab262e8defb33445ddb2056ec364c7629c33745e2338"
    ),
    bytes.fromhex(
        "000280caa47c2a0ea677f6a77529e46caa04212153a8d5f829bee1e7339b17e2e2a9a3461d10472364a4"
        "ff12344beb6df96fb0c38ec47d1e956ddff5a665190fcca5ed02c3a3903fd8bbd4a4b95b197867c378b6"
        "7b08f0624cfe80734ba512869c0fa22099beb1f6f1ea325b07ce7449736d7ffad79178b428d8ea2d7bc6"
        "578f12dbd788ef933f3b5ba352797c41f6786c3820c96726acf8bddf2cfa5d9c617d2b0bd5ab7b93f796"
        "4c98f44cf47db8422f47d11100236a29579f1cafcd38bd979814e1d2bf6d625edf50e1e21bfaf6268e31"
        "80dd7aafd3892da281c6dd53c1c366d0fdaf670b6ad84a38d6e8a3f4a80d132d686fd3b7443bc2250023"
        "bdb9303190f74c9220481cf99da30b5ec2bdb5a49028f5014e3eaeaa48429a0c78ebd3bb7c7d582c22b7"
        "d547cd269f0c4490373a81bf92687e73dac2075b4bda189ce0be225f5f510655e37a6e724a1415bede0a"
        "076b92a882cc2a82878ba67aaedf71454eb42b7f8638df8e21d5f708006e5112e2dc0a4afbcfed9f2c79"
        "59be812853ca8e313fbc99a0f38f1ee4479c96ccb836632b0808401db159bd2637f7a664013241e4664e"
        "994a0a9a3940115a702c60381e66d291e1ade1be2802e1226e311e3201a7c9682b6bc4354caff3d439ad"
        "b1dfee53ad3fb3dd5e169d64796853bb323129f41213b166a7cac00f728c3e33bd7e59aa2ac0d1341cdb"
        "1532b507a0f446e51022a882ac16405442347b70f78c9b6e122f8e70096a4fae4c0405db5b869e0b7b59"
        "b09519c4dbf4d4980483906e837da0bee93f668ffaad37d6a4764211a02f95ad2dc2d942c198796741c2"
        "0a3baf8efb5a53bd9c1a0148318d60a97d0013ab63269097ea295d62c1426d064f0b31c02e74a348ee05"
        "09998e701069f5a1e0c1086aed38d2ec87da69fb57a992d88ace3b4a16b0960f5a94936e2e684a9926cf"
        "4f911969a2a5d31fed0c7616d30197848253170e51274278873b11f3f5cc1b04b14aa5812524e4d86cbf"
        "08306c2aa671288324d7a009b2be533b1d7d0ce6defeeb630b86a9655f1e6424fcb559ed67457c115fba"
        "0d0719374802ea68fab299fd3f273be86fa3d2e7456020db2f47c6ec16c21ce6ec65de495e20af1941a5"
        "dcd65d910c1cb93f22e1318c173c645c81aed681c9704a8a541ac3d6ff604f46d0260468acbfec1b771b"
        "9eb8cd49a2124468dae786571895a569aae18438eaee6343ab2634823119fa2439634645d12e3b4a748b"
        "9cc0398b8416a834eb5d9e5cf619bbfaba4894d1c574c738caf530d0862f4cc75eb52bd3921d2d9edb09"
        "940edb1e3776423b0046d870ccdcc5d61f72e0440b97a93eeef21fb246a779d339be301a5971400749d6"
        "cc9911dfbf9de8ae86fac83c860fdd0e2bfa40af37c99d50e50fd6e5ae86597a201112ed404042b55e13"
        "2f243dec481a2adc1d5e4b71e1efdea806ea900b2907ce877742d5ecf700ff3640f737863d0dd7207e46"
        "2ee8d0e17d52047a88ae7446f419560d23968bf64957949e36953155b0ac2511c66be2890b4036329a21"
        "e132efb635297a64431899e0c351e50c6682c9b4d79b5d122466d02cd84f206369417d9c194a9349d3c6"
        "31d72eb7857a9cd542906fc02ad6cdcf9bcf25ace3d826b6623fa5164351e14d3f0de5c8445a2ba3aae2"
        "6595d0e31c3e307c1d56d4274f61f056145c1b8d6880872b9b10a8bfa4a923cad2edbcf5c50eba48936e"
        "d2bcc0be60eb721a74b46704aaae5ad24e2797852195dfacbb30a777d33b63d4dc4f35cfbe5e88fd1944"
        "c55a54fd53581446ea061ad29f4671da819ad7488c5dfc700f5f7a1b2af0d6a6e9d9ffc570a6d3209614"
        "ab4dc43728f3f0cd7eb4ce36ccd98936bbcbd32627384434bd01e9c0f93b2a5173fba184685e19b9af78"
        "afe876aa4e4b4242382b293133771d95a2bd83fa9c62"
    ),
    bytes.fromhex(
        "000288b48876fb0dc0d7375233ccaf2910dc0dc81ba52e5a7906f00d75e0d58dbd4bb7c2714870529410"
        "735f0951e72cbe981e2e167c0d8f3de33a36e39e78465aea2acad1e23c78b6fd342d63e37d214c912b4a"
        "0be344618f779138edc1b42a5ca3218ca2fea4be427f6cd0d387160db2bf6c2ba8e82941c8cf3626bd6b"
        "ed7187f633012ef49df38f6b12963cb639e9eed1b9d269dcebcbd0b25287aa536ec85e7320b02e193122"
        "199a745ccbaaebd37f5d4b71f52f9b50feeb793eeef56924a046bc5e7003f6253e0284a8d3fe2e42c356"
        "4050f1e753cd32cc258ac0ffa6e05eecad5ba1286f78252e60dd884a65405ab673a85ba52adfa65c1086"
        "d4bb37ba2e0848adb2b04379775ad798492b14e8997f30ffa9cf5d432bdf5b246fce008fd876399beed8"
        "27db58195f4f6192f6ff4ec63cb17fdcb497cb7aec26846a71dd8dca02fc3bb14dd7231a4d62a981bec5"
        "4b71eb20331096dfa214a0ff4489ee96db663826ae8c850e9f06baa52a47b8eb576363f97e742aab2dc6"
        "16acc6e74588e1d2ac16694febc90abaf5b1c684163c0e615a68d32633f01934adc8c6bf91fa3fd7aad0"
        "33b7596d60402494e45e2c1632c40f7bfbd88a81a896a1d28ed6338c83e1eeaa467945d59998eb456c95"
        "f94bf1892e8f326ec2d5e0196b7073f106febc6ab8ca5bcc23f77ffc819bc1b5debce418ccc7d8391bbf"
        "33bceee6110beba170121bd99f54c956e64970bdab31227b03ee0ea3f01fbd9bd74015f6f82d04fab072"
        "e8f85f4370d09f41ee3e48eb959767bd989abb4eea42c4daa0437a7f747d7f9b70eb87b9f9b0b6f283b8"
        "205912601a432999b8869fd9fe5bad3572edac24da7184f9298f21ff60923db277264d29c846dd2f228f"
        "6fc53b6b60364237de64773f803f174ed10229c374f603ccc5fd3a62cb413ffe6f5630dc646bb33f231b"
        "2350537ec39e5d3f2fe1a1cb019ed0b18ad14019cad27afcca8ad70387ca110394c0432774f1aa1fa404"
        "b2e086c84a55388d3bd102501c78ef925cce89d76fa04c3f20f2d1f0ce507ac8b37b7913e3949ba12bbc"
        "5a4f6bac37c2415622d365bc8b83709a28e3d46f3850c89a3ff4d027fef6e3e4ce5c6c85f663c7eaec3c"
        "9730106fb82f53249a905533cfabee812aae51965b24b42f7ab471967bc8e73354e69141ee26a1f03684"
        "d5fb9c256a34de8257210e0390dd3962db521ae0a3bdab28300610ab2a634b699e5f092da5a061609ef6"
        "414bd805c8171f54ad6f285fb64ce0becca0b61188badcf8ef21190dad629e3fb3e89f55ebba82991954"
        "0ebf5f8ae4283836d3c9133c1ca3365f6b9394916730411650686e0c2ab9c53b6cda9efdd5cfcb53ba9b"
        "6962bb6aa49d0a83a87460b60a9c7d2643ee99afe652883795f14014ec5df61b1e30c041c1fa6487f3c8"
        "2f1ded5f83ffbef5017e197b7fb77be3b36e284a15e57d45bf9316dcaf97eb78ee4642b731ba05c5063b"
        "ce1333fab4af6da97c80a96ee599b4df823efbedc250c0abba9783da7ddf2414b2a4774ff2880a7dc679"
        "1103e18b8631e39743cf9e87aed71700daa5dc72fdae520324741f92ea3d510ff555dea5e45f15cda872"
        "72d4559a12d4777680acb06993840e3c748da82c16cae556015fb2acd0335da11a3388575394048ab711"
        "99793ab706abc9d68add2075d79a5cc0f779845ee8b98951be61fd293d6c15b9d4653935bf17cf50bd31"
        "f8b79e60dba0e7fd6864754fd94262485a4f65e7eb3e1922f51b1a4dd2b4fd2c20d94d1213fbe90bd603"
        "dfc7e15176382e3ce0f43f980d44d23bf3c57f54a15f42c171a8f2511e28ac178c6f01396e50397a57ff"
        "b09c5e6c315bd3ae7983577c1a0386c6d5d9a2223438e321b0fedfdee58fa452d57dc11a256834bb49ac"
        "9deeec88e4bf563c7340f44a240caec941c7e50f09cf"
    ),
    bytes.fromhex(
        "0003f25471c0f2ff549a7fd7859100306bb6c294c209f34c77f782897f184b967c498efc246bdb8e060a"
        "6d1cf8dd0d4d732e33311fb96c9e9f1274005fa3d08b41704a1b7224c6300a7caead7baa0a8263eba2e0"
        "de6956ee8e4a1958264f47e4cf20d194eb576f5bd249ee4fece563f80fd76dc3eaca8f956188406d8319"
        "5752b5c90c4b2a5e7ac3a8d5c62b17b551aff48ef6842a7e9326832c9a4a2fd415011150a9e71beb901f"
        "d9747bac8add1c694b612730dc86b5b19a0bbbc675947a953316e3303d7b30c182f94def9206671edac9"
        "a3ec3e52d28fc28247a1c73ab751bf61c82c3950f617e758f79bd0ba294defb20466eaf1e801462046ba"
        "ad3aec3e5b8868a7b037f23d73a47a7e74c77107334f37388cff863e452820c61d89728fa75c84bc7cdf"
        "c06dcdd1911f5f803353926d073efd65251380e174913aae03318ea5b6f0ec83998c55ab99bef62803ea"
        "2da9f6d1ea892b90efc4f8ffb685a5201a781da2e6ac5923645638c9709ae32171a00c0cd3d8c7eedfb0"
        "6b4eedc7d3e566987e2e3805a038f21d78ded5d6c7137a5e8e592f3180ee4d5f4e1289176f67fc38690d"
        "0958bc82e240b72b10577f340f1e14b8633f0b6d9729ff4618be2a972400a015a871ba33be70335f652a"
        "8d70f2bd32421d6ac2af781d667dad787d6aef4505a15d046579e46eebe757444cffca6d0610f0dd36a7"
        "ce57af969bd0c3f7006298ef406a25f689daf58f875d44d2423ebf195b503f11c37c506ea6abe50a463f"
        "7bb5e9b964604d832724de768513f6b38bf71715e1feea8a6e86797788d487146891564919da1372016e"
        "d8f08c7fcbff66a4a65a3d0fcd8e3daac6eba41f5d65ef2d8075364a9e78b3a273549f6eac4abb72e912"
        "e237990367e0d43e89945f8ac3907be5a6c662139485a50cb5ce3f0ba08586c39f6c515368ec3f91b722"
        "95f1b7a73a9df322ae9a45d363d6c616be3300083764cbdee31221f25a318f095feacb09f957c96db30f"
        "ccca47a0215b576c3ed925a0bad05d6400abe318c11f36628c387a4ee38832182cd44b3cd48e5422c1f1"
        "e3b57218dfe72c611f5415127720e60f6e2400607e61841b76de1704bcbeb0daf1377ccb2253916de2b6"
        "d490bb71ba0a44fea2e94f2423d723934557d5905e01b2b80232a884e258d46dc92ea11e0818d0ece5b9"
        "14f02049866e151801ab8c9aea155479b354dc91151fb9ba43277458f9760dd859faaa139e3b9ab36a1d"
        "bc36a93ef2c90598b20cb30ef3c4f23a2d6178b4d1da668fb328a25d84d30a132d9f2a6a988cbe2e5c2b"
        "e01cb6db4b4725a50d6cdacf5fb083e7d650a25bec1407fbc047d26076c7596429a29606ad527e97ef08"
        "24ad6c1b05831a3e5b71c63a528918a3301cdd4061fc1fcce3da601961f2602a2b002ac8404125c2d526"
        "66263858a923e197efcda873c32d86897352e4f2264ad6a1b48acc0fe78ff55cb442cb2bb5fa2880810e"
        "1d00aa0247057fb80b7ed36cf9647af41b44ee4a63ee2d6f652526404572520a7d2d9dcde4e62df0c3be"
        "89f8471550594cdd16a51a9cacc58729c092c68506162fe65edc2314055d389f724ced189d826a546b5c"
        "4d08a43d977b3cf033de5760b71a7cc38ee5851592031aafb467a89b3b6c7ed67b15d44c48d6baedce3e"
        "95e08ec7c55038f3eba90ccb900895734f0fb7efe54961ce493369cc56416898a9bed7c2482871c15a7f"
        "1eb5ed17c33657fc31333539c2dfb59461af09e7049228113b5c9feea5a6e9959c18c51b19c90995afb9"
        "c76f2c0c820964cd7989c993a73925818a656c6a18dcd1a1e3782b2eae06dd5a41250ec2d1c203626ab9"
        "920c1673339eff04b1eb0cab85ef5909f571f9b83cdf21697c9f5cfa1c76e7bca955510e2126b3bb989a"
        "4ac21cf948f965e48bc363d2997437797b4f770e8b65"
    ),
    bytes.fromhex(
        "0002ef43c4dfe9aee14248c445406ac7980474ce106c504d9025f57963739130adfd06eb26201baee886"
        "6af2d1b7a7ab26595349dad002af0590193aaa8f400ab394f5994ec831aeeecb64421c566e3556cbdd7e"
        "7e50deb1fc49fd5e007308ab6494415514abff978899623f9b6065ca1e243bb78170118e8b8c8b53b750"
        "b59cc1ec017d167adbb3aabab7c2d84fbf94f5d827239f4c2b9d2c3cfe68fe5641f25e386202a4b6edff"
        "2a71e700229df7230c8ca31bd5588f04799e9640c9c20a47cba713f3cc5ad3202e14bb520880f2a8409d"
        "8e7835cae21b48a651c2d47fe6af785889ab98f1416f6e4ad67a66ae681e9a8828bad3f9b6890221c4a7"
        "ec80531d6b63eb30843f613ce644795bc8bcee60e8f7b36f3fd04de762f103c52efaf36a2f3bbbaac482"
        "d6271dc4180c10bcc076c04d06ea7fd8fb6a647e0e10523b05da2d89e4139fb55c2315cd01bdcbd57587"
        "fef8442d7ff5620630fd2d2e79739d90be811bf2cba60415d6cba2cea14ba1859f3122cd905c4e12e3e2"
        "a1ab6fab54b2ec40e434626e2d3c3195c02c82a8bd64d226c2328ac72ca12197d9908eaf54333717448c"
        "e6ed73adc0ac05e2ee1d735131d87918beb8995993dc8f63fe10f2c8eba2be7ab8bb44d9f78f59ef3e4c"
        "180bd75e4eef2381450c6f0480d543997305f1d07815993b5aca8d88d474966d9abec93bb069a16aa2da"
        "75b87f94576e01d08a17d3e0e3d0370f010733a7d7affb12cdf94c259a62607fce71003535c4727305de"
        "5ff7bba3840922844b3a45f62c29715fccf440517ef121450f6962396fba9b07036d085582405dcae6ee"
        "95964b66bc7c85b8d02d90091500db3cebf6de584f86b7b55335a8c9aa26381b00747f055cc458a2cadf"
        "ccf9c29702bf941447beaca6583cca09492a57d4b03b2ca00dbaf41dfd6a9b249381626a7debe475735a"
        "7e39e77a363eccf14669046f656cc09ad448da8d8b545e6a604f46dc481786d09a94c63cf23f49ba367d"
        "2929466364dbce2a8ffce3dadf8f4cef8a56e1fefa1a3304a953fe83018e57d8a95694b02d994fea2630"
        "a9a3d5f1e2f6d6142d503ec4152871f7122d7e566a03261f554639e7a759e0e73846f71d5cace37d9133"
        "6fc9ca9396bf64ca2cf45fa2db779b3b5c63b04f1c0c1fb79fdfcf5a82b0202df934ae1720a7ce1e047c"
        "bec3f82737b50168c974f4623cacce87e3f5bd5232caca7956d28ffedcf11ac5998662c5f6b13c612658"
        "4ca2e894d3fcbad4d130bbe22e88a135e0020cdd43853e0b3af3800e9544854d211e873cf68ab683578d"
        "501d69ec5dc7fce42ac436d58243880c1b88227b0681c6c9dd8a8ad0793202b15ab63b787b748e258da3"
        "e68d0e649fc4ac081a71de8adbc891c113d5f722686b6ac4ed9e3cc247bc4a4643416f480627e9de20f7"
        "307f434a499f5c6951c2e8b3ff51d455bf65ceb5ee3dee47b968ac2642e13d8a68f903b73627c2e75788"
        "fecca5836371a908eea4f1ea44db2315bc185f77e478efeaaa4da2da13fe7aeaa79ed1d04876a8b2b7b3"
        "33c5de8c4c9a50274c2eb7b9bd2a3630c57173174781fc9785235f830cefa1c82080eaffdef257f18eed"
        "c9ddfd25a696a11a3dc56cd836be72f5f4a2cbb6316d5d3b1ad91a7ec7d877f28d2c29a5525b0b243626"
        "99281b0e3b48f38caf1085045fe9089f9e6fb29e4b47aa4cecf68c9bf72073469bd9beeea5e88bfe554c"
        "b6a81231149ba7fe7784c154fd8b0f9179ecdf1e9fd5c2939ec1ab16df9cbe9359101ebce933d4f65d3f"
        "66f87afaecfe9c046b52f4878b6c430329df7bd879fba8864fcbd9b782bf545734699b9b5a66b466dced"
        "c0c9368803b5b0f1232950cef398ad3e057a5db964bd3e5c8a5717b30b41601a4f11ad63afe404cb6f1e"
        "8ea5fd7a8e085b65ca5136146febf4d47928dcc9a9e0"
    ),
)
NEXT_PATH_KEYS: Final = (
    Point(bytes.fromhex("034e09f450a80c3d252b258aba0a61215bf60dda3b0dc78ffb0736ea1259dfd8a0")),
    Point(bytes.fromhex("031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f")),
    Point(bytes.fromhex("03e09038ee76e50f444b19abf0a555e8697e035f62937168b80adf0931b31ce52a")),
    Point(bytes.fromhex("038fc6859a402b96ce4998c537c823d6ab94d1598fca02c788ba5dd79fbae83589")),
)
"""From Bob on."""

ROUTE: Final = Route(
    source=NodeId(PrivateKey(b"\x09" * 32).point),
    hops=(
        Hop(
            node_id=NodeId(ALICE.point),
            short_channel_id=ShortChannelId(9),
            amount=Msat(110_125),
            cltv_delta=CltvDelta(150),
        ),
        Hop(
            node_id=NodeId(BOB.point),
            short_channel_id=ShortChannelId(10),
            amount=AMOUNT + TERMS.fee(AMOUNT),
            cltv_delta=CltvDelta(150),
        ),
        Hop(
            node_id=NodeId(PATH.path[-1].blinded_node_id),
            short_channel_id=BLINDED,
            amount=AMOUNT,
            cltv_delta=CltvDelta(0),
        ),
    ),
)


def payloads() -> tuple[tuple[Point, bytes], ...]:
    return tail_payloads(ROUTE, tail_of(BLINDED, PATH, TERMS), Msat(150_000), HEIGHT)


def test_the_payloads_are_those_of_the_vectors() -> None:
    assert tuple(payload for _, payload in payloads()) == PAYLOADS


def test_the_onion_is_that_of_the_vectors() -> None:
    assert build(PrivateKey(b"\x03" * 32), payloads(), PAYMENT_HASH).packet == ONIONS[0]


def test_each_node_finds_what_the_vectors_say() -> None:
    """Amounts and expiries come down from hop to hop as `payment_relay` says."""
    amount, expiry = AMOUNT + TERMS.fee(AMOUNT), HEIGHT.after(TERMS.cltv_expiry_delta)
    for index, key in enumerate((BOB, CAROL, DAVE)):
        htlc = arriving(ONIONS[index + 1], amount, expiry, path_key=path_key_of(index))
        own = key if htlc.path_key is None else blinded_key(key, htlc.path_key)
        peeled = peel(htlc.onion, own, PAYMENT_HASH)
        assert isinstance(peeled, Peeled)
        assert peeled.next_packet == ONIONS[index + 2]
        payload = decode_blinded(peeled.payload)
        assert payload is not None
        onward = read_forward(key, htlc, payload)
        assert onward.to == ShortChannelId(index + 1)
        assert onward.next_path_key == NEXT_PATH_KEYS[index]
        amount, expiry = onward.amt_to_forward, onward.outgoing_cltv_value
    assert (amount, expiry) == (AMOUNT, HEIGHT)


def test_the_last_node_finds_what_the_vectors_say() -> None:
    htlc = arriving(ONIONS[4], AMOUNT, HEIGHT, path_key=NEXT_PATH_KEYS[2])
    peeled = peel(htlc.onion, blinded_key(EVE, NEXT_PATH_KEYS[2]), PAYMENT_HASH)
    assert isinstance(peeled, Peeled)
    payload = decode_blinded(peeled.payload)
    assert payload is not None
    told = (payload.amt_to_forward, payload.outgoing_cltv_value, payload.total_amount_msat)
    assert told == (AMOUNT, HEIGHT, Msat(150_000))
    # The vectors' path id is no 32 bytes long: no path of ours, which is what Eve would see.
    with pytest.raises(InvalidBlinding):
        read_final(EVE, htlc, payload)


def path_key_of(index: int) -> Point | None:
    """With the HTLC it comes to those behind Bob."""
    return NEXT_PATH_KEYS[index - 1] if index else None


def arriving(onion: bytes, amount: Msat, expiry: BlockHeight, *, path_key: Point | None) -> Htlc:
    return Htlc(
        direction=Direction.INCOMING,
        id=0,
        amount=amount,
        payment_hash=PAYMENT_HASH,
        cltv_expiry=expiry,
        onion=onion,
        path_key=path_key,
    )
