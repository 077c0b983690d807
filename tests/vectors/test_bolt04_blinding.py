"""BOLT 4: `route-blinding-test.json` and `blinded-onion-message-onion-test.json`."""

from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.onion_message.message import HandOn, Received, read
from tipdesk.lightning.sphinx import recipient_data
from tipdesk.lightning.sphinx.blinding import (
    BlindedHop,
    BlindedPath,
    blind,
    blinded_key,
    unblind,
)
from tipdesk.lightning.sphinx.packet import build
from tipdesk.lightning.sphinx.recipient_data import (
    PaymentConstraints,
    PaymentRelay,
    RecipientData,
)
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.registry import decode
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

ALICE, BOB, CAROL, DAVE, EVE = (PrivateKey(bytes([0x41 + n]) * 32) for n in range(5))
ROUTE_KEY: Final = PrivateKey(b"\x02" * 32)
SECOND_ROUTE_KEY: Final = PrivateKey(b"\x01" * 32)

# Each hop: who, its instructions, these sealed, its blinded id, path key, secret key of that id.
ROUTE: Final = (
    (
        BOB,
        bytes.fromhex(
            "011a0000000000000000000000000000000000000000000000000000020800000000000006c10a08"
            "00240000009627100c06000b69e505dc0e00fd023103123456"
        ),
        bytes.fromhex(
            "cd4100ff9c09ed28102b210ac73aa12d63e90852cebc496c49f57c49982088b49f2e70b99287fdee"
            "0aa58aa39913ab405813b999f66783aa2fe637b3cda91ffc0913c30324e2c6ce327e045183e4bffe"
            "cb"
        ),
        bytes.fromhex("03da173ad2aee2f701f17e59fbd16cb708906d69838a5f088e8123fb36e89a2c25"),
        bytes.fromhex("024d4b6cd1361032ca9bd2aeb9d900aa4d45d9ead80ac9423374c451a7254d0766"),
        bytes.fromhex("d12fec0332c3e9d224789a17ebd93595f37d37bd8ef8bd3d2e6ce50acb9e554f"),
        bytes.fromhex("034e09f450a80c3d252b258aba0a61215bf60dda3b0dc78ffb0736ea1259dfd8a0"),
    ),
    (
        CAROL,
        bytes.fromhex(
            "020800000000000004510821031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5"
            "e9d5dd078f0a0800300000006401f40c06000b69c105dc0e00"
        ),
        bytes.fromhex(
            "cc0f16524fd7f8bb0b1d8d40ad71709ef140174c76faa574cac401bb8992fef76c4d004aa485dd59"
            "9ed1cf2715f57ff62da5aaec5d7b10d59b04d8a9d77e472b9b3ecc2179334e411be22fa4c02b467c"
            "7e"
        ),
        bytes.fromhex("02e466727716f044290abf91a14a6d90e87487da160c2a3cbd0d465d7a78eb83a7"),
        bytes.fromhex("034e09f450a80c3d252b258aba0a61215bf60dda3b0dc78ffb0736ea1259dfd8a0"),
        bytes.fromhex("bfa697fbbc8bbc43ca076e6dd60d306038a32af216b9dc6fc4e59e5ae28823c1"),
        bytes.fromhex("03af5ccc91851cb294e3a364ce63347709a08cdffa58c672e9a5c587ddd1bbca60"),
    ),
    (
        DAVE,
        bytes.fromhex(
            "01230000000000000000000000000000000000000000000000000000000000000000000000020800"
            "000000000002310a060090000000fa0c06000b699105dc0e00"
        ),
        bytes.fromhex(
            "0fa0a72cff3b64a3d6e1e4903cf8c8b0a17144aeb249dcb86561adee1f679ee8db3e561d9c43815f"
            "d4bcebf6f58c546da0cd8a9bf5cebd0d554802f6c0255e28e4a27343f761fe518cd8974631879911"
            "05"
        ),
        bytes.fromhex("036861b366f284f0a11738ffbf7eda46241a8977592878fe3175ae1d1e4754eccf"),
        bytes.fromhex("031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f"),
        bytes.fromhex("cebc115c7fce4c295dc396dea6c79115b289b8ceeceea2ed61cf31428d88fc4e"),
        bytes.fromhex("03e09038ee76e50f444b19abf0a555e8697e035f62937168b80adf0931b31ce52a"),
    ),
    (
        EVE,
        bytes.fromhex(
            "011a00000000000000000000000000000000000000000000000000000604deadbeef0c06000b6901"
            "05dc0e0f020000000000000000000000000000fdffff0206c1"
        ),
        bytes.fromhex(
            "da1a7e5f7881219884beae6ae68971de73bab4c3055d9865b1afb60724a2e4d3f0489ad884f7f3f7"
            "7149209f0df51efd6b276294a02e3949c7254fbc8b5cab58212d9a78983e1cf86fe218b30c4ca8f6"
            "d8"
        ),
        bytes.fromhex("021982a48086cb8984427d3727fe35a03d396b234f0701f5249daa12e8105c8dae"),
        bytes.fromhex("03e09038ee76e50f444b19abf0a555e8697e035f62937168b80adf0931b31ce52a"),
        bytes.fromhex("ff4e07da8d92838bedd019ce532eb990ed73b574e54a67862a1df81b40c0d2af"),
        bytes.fromhex("038fc6859a402b96ce4998c537c823d6ab94d1598fca02c788ba5dd79fbae83589"),
    ),
)

MESSAGE_ROUTE: Final = (
    (
        ALICE,
        bytes.fromhex(
            "04210324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c0821031b84"
            "c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f"
        ),
        bytes.fromhex(
            "49531cf38d3280b7f4af6d6461a2b32e3df50acfd35176fc61422a1096eed4dfc3806f29bf74320f"
            "712a61c766e7f7caac0c42f86040125fbaeec0c7613202b206dbdd31fda56394367b66a711bfd7d5"
            "bedbe20bed1b"
        ),
        bytes.fromhex("02d1c3d73f8cac67e7c5b6ec517282d5ba0a52b06a29ec92ff01e12decf76003c1"),
    ),
    (
        BOB,
        bytes.fromhex(
            "0421027f31ebc5462c1fdce1b737ecff52d37d75dea43ce11c74d25aa297165faa2007fd023103123456"
        ),
        bytes.fromhex(
            "adf6771d3983b7f543d1b3d7a12b440b2bd3e1b3b8d6ec1023f6dec4f0e7548a6f57f6dbe9573b0a"
            "0f24f7c5773a7dd7a7bdb6bd0ee686d759f5"
        ),
        bytes.fromhex("03f1465ca5cf3ec83f16f9343d02e6c24b76993a93e1dea2398f3147a9be893d7a"),
    ),
    (
        CAROL,
        bytes.fromhex(
            "010500000000000421032c0b7cf95324a07d05398b240174dc0c2be444d96b159aa6c7f7b1e668680991"
        ),
        bytes.fromhex(
            "d8903df7a79ac799a0b59f4ba22f6a599fa32e7ff1a8325fc22b88d278ce3e4840af02adfb82d614"
            "5a189ba50c2219c9e4351e634d198e0849ac"
        ),
        bytes.fromhex("035dbc0493aa4e7eea369d6a06e8013fd03e66a5eea91c455ed65950c4942b624b"),
    ),
    (
        DAVE,
        bytes.fromhex(
            "01000620deadbeefbadc0ffeedeadbeefbadc0ffeedeadbeefbadc0ffeedeadbeefbadc0fdffff0206c1"
        ),
        bytes.fromhex(
            "bdc03f088764c6224c8f939e321bf096f363b2092db381fc8787f891c8e6dc9284991b98d2a63d9f"
            "91fe563065366dd406cd8e112cdaaa80d0e6"
        ),
        bytes.fromhex("0237bf019fa0fbecde8b4a1c7b197c9c1c76f9a23d67dd55bb5e42e1f50bb771a6"),
    ),
)

MESSAGES: Final = (
    bytes.fromhex(
        "0201031195a8046dcbb8e17034bca630065e7a0982e4e36f6f7e5a8d4554e4846fcd9905560002531fe60681"
        "34503d2723133227c867ac8fa6c83c537e9a44c3c5bdbdcb1fe33793b828776d70aabbd8cef1a5b52d5a397a"
        "e1a20f20435ff6057cd8be339d5aee226660ef73b64afa45dbf2e6e8e26eb96a259b2db5aeecda1ce2e768bb"
        "c35d389d7f320ca3d2bd14e2689bef2f5ac0307eaaabc1924eb972c1563d4646ae131accd39da766257ed35e"
        "a36e4222527d1db4fa7b2000aab9eafcceed45e28b5560312d4e2299bd8d1e7fe27d10925966c28d497aec40"
        "0b4630485e82efbabc00550996bdad5d6a9a8c75952f126d14ad2cff91e16198691a7ef2937de83209285f1f"
        "b90944b4e46bca7c856a9ce3da10cdf2a7d00dc2bf4f114bc4d3ed67b91cbde558ce9af86dc81fbdc37f8e30"
        "1b29e23c1466659c62bdbf8cff5d4c20f0fb0851ec72f5e9385dd40fdd2e3ed67ca4517117825665e50a3e26"
        "f73c66998daf18e418e8aef9ce2d20da33c3629db2933640e03e7b44c2edf49e9b482db7b475cfd4c617ae1d"
        "46d5c24d697846f9f08561eac2b065f9b382501f6eabf07343ed6c602f61eab99cdb52adf63fd44a8db2d301"
        "6387ea708fc1c08591e19b4d9984ebe31edbd684c2ea86526dd8c7732b1d8d9117511dc1b643976d356258fc"
        "e8313b1cb92682f41ab72dedd766f06de375f9edacbcd0ca8c99b865ea2b7952318ea1fd20775a28028b5cf5"
        "9dece5de14f615b8df254eee63493a5111ea987224bea006d8f1b60d565eef06ac0da194dba2a6d02e79b2f2"
        "f34e9ca6e1984a507319d86e9d4fcaeea41b4b9144e0b1826304d4cc1da61cfc5f8b9850697df8adc5e9d6f3"
        "acb3219b02764b4909f2b2b22e799fd66c383414a84a7d791b899d4aa663770009eb122f90282c8cb9cda16a"
        "ba6897edcf9b32951d0080c0f52be3ca011fbec3fb16423deb47744645c3b05fdbd932edf54ba6efd26e6534"
        "0a8e9b1d1216582e1b30d64524f8ca2d6c5ba63a38f7120a3ed71bed8960bcac2feee2dd41c90be48e3c11ec"
        "518eb3d872779e4765a6cc28c6b0fa71ab57ced73ae963cc630edae4258cba2bf25821a6ae049fec2fca28b5"
        "dd1bb004d92924b65701b06dcf37f0ccd147a13a03f9bc0f98b7d78fe9058089756931e2cd0e0ed92ec6759d"
        "07b248069526c67e9e6ce095118fd3501ba0f858ef030b76c6f6beb11a09317b5ad25343f4b31aef02bc5559"
        "51bc7791c2c289ecf94d5544dcd6ad3021ed8e8e3db34b2a73e1eedb57b578b068a5401836d6e382110b7369"
        "0a94328c404af25e85a8d6b808893d1b71af6a31fadd8a8cc6e31ecc0d9ff7e6b91fd03c274a5c1f1ccd25b6"
        "1150220a3fddb04c91012f5f7a83a5c90deb2470089d6e38cd5914b9c946eca6e9d31bbf8667d36cf87effc3"
        "f3ff283c21dd4137bd569fe7cf758feac94053e4baf7338bb592c8b7c291667fadf4a9bf9a2a154a18f612cb"
        "c7f851b3f8f2070e0a9d180622ee4f8e81b0ab250d504cef24116a3ff188cc829fcd8610b56343569e8dc997"
        "629410d1967ca9dd1d27eec5e01e4375aad16c46faba268524b154850d0d6fe3a76af2c6aa3e97647c510360"
        "49ac565370028d6a439a2672b6face56e1b171496c0722cfa22d9da631be359661617c5d5a2d286c5e19db94"
        "52c1e21a0107b6400debda2decb0c838f342dd017cdb2dccdf1fe97e3df3f881856b546997a3fed9e279c720"
        "145101567dd56be21688fed66bf9759e432a9aa89cbbd225d13cdea4ca05f7a45cfb6a682a3d5b1e18f7e6cf"
        "934fae5098108bae9058d05c3387a01d8d02a656d2bfff67e9f46b2d8a6aac28129e52efddf6e552214c3f8a"
        "45bc7a912cca9a7fec1d7d06412c6972cb9e3dc518983f56530b8bffe7f92c4b6eb47d4aef59fb513c4653a4"
        "2de61bc17ad7728e7fc7590ff05a9e991de03f023d0aaf8688ed6170def5091c66576a424ac1cb"
    ),
    bytes.fromhex(
        "0201031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f05560002536d53f937"
        "96cad550b6c68662dca41f7e8c221c31022c64dd1a627b2df3982b25eac261e88369cfc66e1e3b6d9829cb3d"
        "cd707046e68a7796065202a7904811bf2608c5611cf74c9eb5371c7eb1a4428bb39a041493e2a568ddb0b248"
        "2a6cc6711bc6116cef144ebf988073cb18d9dd4ce2d3aa9de91a7dc6d7c6f11a852024626e66b41ba1158055"
        "505dff9cb15aa51099f315564d9ee3ed6349665dc3e209eedf9b5805ee4f69d315df44c80e63d0e2efbdab60"
        "ec96f44a3447c6a6ddb1efb6aa4e072bde1dab974081646bfddf3b02daa2b83847d74dd336465e76e9b8fecc"
        "2b0414045eeedfc39939088a76820177dd1103c99939e659beb07197bab9f714b30ba8dc83738e9a6553a578"
        "88aaeda156c68933a2f4ff35e3f81135076b944ed9856acbfee9c61299a5d1763eadd14bf5eaf71304c8e165"
        "e590d7ecbcd25f1650bf5b6c2ad1823b2dc9145e168974ecf6a2273c94decff76d94bc6708007a17f22262d6"
        "3033c184d0166c14f41b225a956271947aae6ce65890ed8f0d09c6ffe05ec02ee8b9de69d7077a0c5adeb813"
        "aabcc1ba8975b73ab06ddea5f4db3c23a1de831602de2b83f990d4133871a1a81e53f86393e6a7c3a7b73f0c"
        "099fa72afe26c3027bb9412338a19303bd6e6591c04fb4cde9b832b5f41ae199301ea8c303b5cef3aca59945"
        "4273565de40e1148156d1f97c1aa9e58459ab318304075e034f5b7899c12587b86776a18a1da96b7bcdc2286"
        "4fccc4c41538ebce92a6f054d53bf46770273a70e75fe0155cd6d2f2e937465b0825ce3123b8c206fac4c304"
        "78fa0f08a97ade7216dce11626401374993213636e93545a31f500562130f2feb04089661ad8c34d5a4cbd2e"
        "4e426f37cb094c786198a220a2646ecadc38c04c29ee67b19d662c209a7b30bfecc7fe8bf7d274de0605ee5d"
        "f4db490f6d32234f6af639d3fce38a2801bcf8d51e9c090a6c6932355a83848129a378095b34e71cb8f51152"
        "dc035a4fe8e802fec8de221a02ba5afd6765ce570bef912f87357936ea0b90cb2990f56035e89539ec66e8db"
        "d6ed50835158614096990e019c3eba3d7dd6a77147641c6145e8b17552cd5cf7cd163dd40b9eaeba8c78e03a"
        "2cd8c0b7997d6f56d35f38983a202b4eb8a54e14945c4de1a6dde46167e11708b7a5ff5cb9c0f7fc12fae49a"
        "012aa90bb1995c038130b749c48e6f1ffb732e92086def42af10fbc460d94abeb7b2fa744a5e9a491d62a084"
        "52be8cf2fdef573deedc1fe97098bce889f98200b26f9bb99da9aceddda6d793d8e0e44a2601ef4590cfbb5c"
        "3d0197aac691e3d31c20fd8e38764962ca34dabeb85df28feabaf6255d4d0df3d814455186a84423182caa87"
        "f9673df770432ad8fdfe78d4888632d460d36d2719e8fa8e4b4ca10d817c5d6bc44a8b2affab8c2ba53b8bf4"
        "994d63286c2fad6be04c28661162fa1a67065ecda8ba8c13aee4a8039f4f0110e0c0da2366f178d8903e1913"
        "6dad6df9d8693ce71f3a270f9941de2a93d9b67bc516207ac1687bf6e00b29723c42c7d9c90df9d5e599dbeb"
        "7b73add0a6a2b7aba82f98ac93cb6e60494040445229f983a81c34f7f686d166dfc98ec23a6318d4a02a311a"
        "c28d655ea4e0f9c3014984f31e621ef003e98c373561d9040893feece2e0fa6cd2dd565e6fbb2773a2407cb2"
        "c3273c306cf71f427f2e551c4092e067cf9869f31ac7c6c80dd52d4f85be57a891a41e34be0d564e39b4af6f"
        "46b85339254a58b205fb7e10e7d0470ee73622493f28c08962118c23a1198467e72c4ae1cd482144b419247a"
        "5895975ea90d135e2a46ef7e5794a1551a447ff0a0d299b66a7f565cd86531f5e7af5408d85d877ce95b1df1"
        "2b88b7d5954903a5296325ba478ba1e1a9d1f30a2d5052b2e2889bbd64f72c72bc71d8817288a2"
    ),
    bytes.fromhex(
        "020102b684babfd400c8dd48b367e9754b8021a3594a34dc94d7101776c7f6a86d0582055600029a77e85231"
        "62efa1f4208f4f2050cd5c386ddb6ce6d36235ea569d217ec52209fb85fdf7dbc4786c373eebdba0ddc184cf"
        "be6da624f610e93f62c70f2c56be1090b926359969f040f932c03f53974db5656233bd60af375517d4323002"
        "937d784c2c88a564bcefe5c33d3fc21c26d94dfacab85e2e19685fd2ff4c543650958524439b6da68779459a"
        "ee5ffc9dc543339acec73ff43be4c44ddcbe1c11d50e2411a67056ba9db7939d780f5a86123fdd3abd6f075f"
        "7a1d78ab7daf3a82798b7ec1e9f1345bc0d1e935098497067e2ae5a51ece396fcb3bb30871ad73aee51b2418"
        "b39f00c8e8e22be4a24f4b624e09cb0414dd46239de31c7be035f71e8da4f5a94d15b44061f46414d3f35506"
        "9b5c5b874ba56704eb126148a22ec873407fe118972127e63ff80e682e410f297f23841777cec0517e933eaf"
        "49d7e34bd203266b42081b3a5193b51ccd34b41342bc67cf73523b741f5c012ba2572e9dda15fbe131a6ac2f"
        "f24dc2a7622d58b9f3553092cfae7fae3c8864d95f97aa49ec8edeff5d9f5782471160ee412d82ff6767030f"
        "c63eec6a93219a108cd41433834b26676a39846a944998796c79cd1cc460531b8ded659cedfd8aecefd91944"
        "f00476f1496daafb4ea6af3feacac1390ea510709783c2aa81a29de27f8959f6284f4684102b17815667cbb0"
        "645396ac7d542b878d90c42a1f7f00c4c4eedb2a22a219f38afadb4f1f562b6e000a94e75cc38f535b43a3c0"
        "384ccef127fde254a9033a317701c710b2b881065723486e3f4d3eea5e12f374a41565fe43fa137c1a252c21"
        "53dde055bb343344c65ad0529010ece29bbd405effbebfe3ba21382b94a60ac1a5ffa03f521792a67b30773c"
        "b42e862a8a02a8bbd41b842e115969c87d1ff1f8c7b5726b9f20772dd57fe6e4ea41f959a2a673ffad8e2f2a"
        "472c4c8564f3a5a47568dd75294b1c7180c500f7392a7da231b1fe9e525ea2d7251afe9ca52a17fe54a116cb"
        "57baca4f55b9b6de915924d644cba9dade4ccc01939d7935749c008bafc6d3ad01cd72341ce5ddf7a5d7d21c"
        "f0465ab7a3233433aef21f9acf2bfcdc5a8cc003adc4d82ac9d72b36eb74e05c9aa6ccf439ac92e6b84a3191"
        "f0764dd2a2e0b4cc3baa08782b232ad6ecd3ca6029bc08cc094aef3aebddcaddc30070cb6023a689641de86c"
        "fc6341c8817215a4650f844cd2ca60f2f10c6e44cfc5f23912684d4457bf4f599879d30b79bf12ef1ab8d34d"
        "ddc15672b82e56169d4c770f0a2a7a960b1e8790773f5ff7fce92219808f16d061cc85e053971213676d28fb"
        "48925e9232b66533dbd938458eb2cc8358159df7a2a2e4cf87500ede2afb8ce963a845b98978edf26a6948d4"
        "932a6b95d022004556d25515fe158092ce9a913b4b4a493281393ca731e8d8e5a3449b9d888fc4e73ffcbb9c"
        "6d6d66e88e03cf6e81a0496ede6e4e4172b08c000601993af38f80c7f68c9d5fff9e0e215cff088285bf039c"
        "a731744efcb7825a272ca724517736b4890f47e306b200aa2543c363e2c9090bcf3cf56b5b86868a62471c71"
        "23a41740392fc1d5ab28da18dca66618e9af7b42b62b23aba907779e73ca03ec60e6ab9e0484b9cae6578e0f"
        "ddb6386cb3468506bf6420298bf4a690947ab582255551d82487f271101c72e19e54872ab47eae144db66bc2"
        "f8194a666a5daec08d12822cb83a61946234f2dfdbd6ca7d8763e6818adee7b401fcdb1ac42f9df1ac5cc5ac"
        "131f2869013c8d6cd29d4c4e3d05bccd34ca83366d616296acf854fa05149bfd763a25b9938e96826a037fdc"
        "b85545439c76df6beed3bdbd01458f9cf984997cc4f0a7ac3cc3f5e1eeb59c09cadcf5a537f16e444149c8f1"
        "7d4bdaef16c9fbabc5ef06eb0f0bf3a07a1beddfeacdaf1df5582d6dbd6bb808d6ab31bc22e5d7"
    ),
    bytes.fromhex(
        "0201025aaca62db7ce6b46386206ef9930daa32e979a35cb185a41cb951aa7d254b03c055600025550b29102"
        "94fa73bda99b9de9c851be9cbb481e23194a1743033630efba546b86e7d838d0f6e9cc0ed088dbf6889f0dce"
        "ca3bfc745bd77d013a31311fa932a8bf1d28387d9ff521eabc651dee8f861fed609a68551145a451f017ec44"
        "978addeee97a423c08445531da488fd1ddc998e9cdbfcea59517b53fbf1833f0bbe6188dba6ca773a247220e"
        "c934010daca9cc185e1ceb136803469baac799e27a0d82abe53dc48a06a55d1f643885cc7894677dd20a4e41"
        "52577d1ba74b870b9279f065f9b340cedb3ca13b7df218e853e10ccd1b59c42a2acf93f489e170ee4373d30a"
        "b158b60fc20d3ba73a1f8c750951d69fb5b9321b968ddc8114936412346aff802df65516e1c09c51ef19849f"
        "f36c0199fd88c8bec301a30fef0c7cb497901c038611303f64e4174b5daf42832aa5586b84d2c9b95f382f42"
        "69a5d1bd4be898618dc78dfd451170f72ca16decac5b03e60702112e439cadd104fb3bbb3d5023c9b80823fd"
        "cd0a212a7e1aaa6eeb027adc7f8b3723031d135a09a979a4802788bb7861c6cc85501fb91137768b70aeab30"
        "9b27b885686604ffc387004ac4f8c44b101c39bc0597ef7fd957f53fc5051f534b10eb3852100962b5e58254"
        "e5558689913c26ad6072ea41f5c5db10077cfc91101d4ae393be274c74297da5cc381cd88d54753aaa7df74b"
        "2f9da8d88a72bc9218fcd1f19e4ff4aace182312b9509c5175b6988f044c5756d232af02a451a02ca752f3c5"
        "2747773acff6fd07d2032e6ce562a2c42105d106eba02d0b1904182cdc8c74875b082d4989d3a7e9f0e73de7"
        "c75d357f4af976c28c0b206c5e8123fc2391d078592d0d5ff686fd245c0a2de2e535b7cca99c0a37d432a865"
        "7393a9e3ca53eec1692159046ba52cb9bc97107349d8673f74cbc97e231f1108005c8d03e24ca813cea2294b"
        "39a7a493bcc062708f1f6cf0074e387e7d50e0666ce784ef4d31cb860f6cad767438d9ea5156ff0ae86e029e"
        "0247bf94df75ee0cda4f2006061455cb2eaff513d558863ae334cef7a3d45f55e7cc13153c6719e9901c1d4d"
        "b6c03f643b69ea4860690305651794284d9e61eb848ccdf5a77794d376f0af62e46d4835acce6fd9eef5df73"
        "ebb8ea3bb48629766967f446e744ecc57ff3642c4aa1ccee9a2f72d5caa75fa05787d08b79408fce792485fd"
        "ecdc25df34820fb061275d70b84ece540b0fc47b2453612be34f2b78133a64e812598fbe225fd85415f8ffe5"
        "340ce955b5fd9d67dd88c1c531dde298ed25f96df271558c812c26fa386966c76f03a6ebccbca49ac9559169"
        "29bd42e134f982dde03f924c464be5fd1ba44f8dc4c3cbc8162755fd1d8f7dc044b15b1a796c53df7d8769bb"
        "167b2045b49cc71e08908796c92c16a235717cabc4bb9f60f8f66ff4fff1f9836388a99583acebdff4a7fb20"
        "f48eedcd1f4bdcc06ec8b48e35307df51d9bc81d38a94992dd135b30079e1f592da6e98dff496cb1a7776460"
        "a26b06395b176f585636ebdf7eab692b227a31d6979f5a6141292698e91346b6c806b90c7c6971e481559cae"
        "92ee8f4136f2226861f5c39ddd29bbdb118a35dece03f49a96804caea79a3dacfbf09d65f2611b5622de51d9"
        "8e18151acb3bb84c09caaa0cc80edfa743a4679f37d6167618ce99e73362fa6f213409931762618a61f1738c"
        "071bba5afc1db24fe94afb70c40d731908ab9a505f76f57a7d40e708fd3df0efc5b7cbb2a7b75cd23449e096"
        "84a2f0e2bfa0d6176c35f96fe94d92fc9fa4103972781f81cb6e8df7dbeb0fc529c600d768bed3f08828b773"
        "d284f69e9a203459d88c12d6df7a75be2455fec128f07a497a2b2bf626cc6272d0419ca663e9dc66b8224227"
        "eb796f0246dcae9c5b0b6cfdbbd40c3245a610481c92047c968c9fc92c04b89cc41a0c15355a8f"
    ),
)
DAVES_ROUTE: Final = 2
"""Where the first route of the two ends: Dave, whose path key Carol is told, begins the second."""


def test_a_route_is_made_as_in_the_vectors() -> None:
    hops = [(NodeId(key.point), data) for key, data, *_ in ROUTE]
    first, _ = blind(ROUTE_KEY, hops[:DAVES_ROUTE])
    second, _ = blind(SECOND_ROUTE_KEY, hops[DAVES_ROUTE:])
    assert first.first_path_key == ROUTE[0][4]
    assert second.first_path_key == ROUTE[DAVES_ROUTE][4]
    made = [(hop.encrypted_recipient_data, hop.blinded_node_id) for hop in first.path + second.path]
    assert made == [(sealed, blinded_id) for _, _, sealed, blinded_id, *_ in ROUTE]


def test_each_node_unblinds_what_is_its_own() -> None:
    for key, data, sealed, blinded_id, path_key, blinded_secret, next_path_key in ROUTE:
        unblinded = unblind(key, Point(path_key), sealed)
        assert (unblinded.data, unblinded.next_path_key) == (data, next_path_key)
        assert blinded_key(key, Point(path_key)).secret == blinded_secret
        assert blinded_key(key, Point(path_key)).point == blinded_id


def test_instructions_are_read_as_the_vectors_name_them() -> None:
    bob, carol, dave, eve = (recipient_data.decode(data) for _, data, *_ in ROUTE)
    assert bob == RecipientData(
        short_channel_id=ShortChannelId(1729),
        payment_relay=PaymentRelay(
            cltv_expiry_delta=CltvDelta(36),
            fee_proportional_millionths=150,
            fee_base_msat=10_000,
        ),
        payment_constraints=PaymentConstraints(
            max_cltv_expiry=BlockHeight(748_005), htlc_minimum_msat=Msat(1_500)
        ),
        allowed_features=FeatureBits(),
    )
    assert carol.next_path_key_override == ROUTE[DAVES_ROUTE][4]
    assert carol.short_channel_id == ShortChannelId(1105)
    assert dave.payment_relay == PaymentRelay(
        cltv_expiry_delta=CltvDelta(144), fee_proportional_millionths=250, fee_base_msat=0
    )
    assert eve.path_id == bytes.fromhex("deadbeef")
    assert eve.allowed_features == FeatureBits([113])
    # Carol's instructions have neither padding nor records that we do not know.
    assert carol.encode() == ROUTE[1][1]


def test_a_path_is_read_back_from_its_bytes() -> None:
    hops = tuple(BlindedHop(Point(blinded_id), sealed) for _, _, sealed, blinded_id, *_ in ROUTE)
    path = BlindedPath(NodeId(BOB.point), Point(ROUTE[0][4]), hops)
    assert BlindedPath.read(Reader(path.encode())) == path


def test_a_message_is_made_as_in_the_vectors() -> None:
    keys = (PrivateKey(b"\x63" * 32), SECOND_ROUTE_KEY)
    hops = [(NodeId(key.point), data) for key, data, *_ in MESSAGE_ROUTE]
    (mine, _), (theirs, _) = blind(keys[0], hops[:1]), blind(keys[1], hops[1:])
    way = mine.path + theirs.path
    assert [(hop.encrypted_recipient_data, hop.blinded_node_id) for hop in way] == [
        (sealed, blinded_id) for _, _, sealed, blinded_id in MESSAGE_ROUTE
    ]
    told = [[TlvRecord(4, hop.encrypted_recipient_data)] for hop in way]
    told[-1].append(TlvRecord(1, b"hello"))
    payloads = [
        (hop.blinded_node_id, write_stream(records)) for hop, records in zip(way, told, strict=True)
    ]
    packet = build(PrivateKey(b"\x03" * 32), payloads, b"").packet
    message = OnionMessage(path_key=mine.first_path_key, onion_message_packet=packet)
    assert message == decode(MESSAGES[0])


def test_a_message_is_handed_on_as_in_the_vectors() -> None:
    nodes = [key for key, *_ in MESSAGE_ROUTE]
    for index, following in enumerate(nodes[1:]):
        message, next_message = decode(MESSAGES[index]), decode(MESSAGES[index + 1])
        assert isinstance(message, OnionMessage)
        assert isinstance(next_message, OnionMessage)
        assert read(nodes[index], message) == HandOn(NodeId(following.point), next_message)


def test_the_last_node_of_the_vectors_receives_the_message() -> None:
    message = decode(MESSAGES[-1])
    assert isinstance(message, OnionMessage)
    received = read(DAVE, message)
    assert isinstance(received, Received)
    assert received.path_id == bytes.fromhex("deadbeefbadc0ffee" * 3 + "deadbeefbadc0")
    assert received.content is None
    assert received.reply_path is None
