"""The wallets that the contract of `PaymentBackend` is tested with."""

from tests.contract.embedded_rig import EmbeddedRig
from tests.contract.nwc_rig import NWC_RIGS
from tests.contract.server_rigs import SERVER_RIGS
from tests.contract.wallet_rig import WalletRig

RIGS: tuple[type[WalletRig], ...] = (EmbeddedRig, *NWC_RIGS, *SERVER_RIGS)
