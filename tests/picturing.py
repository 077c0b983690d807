"""The picture service as the app makes it: real files, a real client; the server is the test's."""

from pathlib import Path

from tests.fakes import FAN
from tipdesk.adapters.net.upload import UploadClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.picture_files import PictureFiles
from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.bitcoin.network import Network
from tipdesk.ports.pictures import StrippedPicture
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.practice.pictures import landscape
from tipdesk.services.pictures import PictureService


class Settings:
    """In memory."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def setting(self, name: str) -> str | None:
        return self._values.get(name)

    def put_setting(self, name: str, value: str) -> None:
        self._values[name] = value


def view(seed: str) -> StrippedPicture:
    """A small picture of its own."""
    return StrippedPicture(landscape(seed, 60, 40), "image/png", 60, 40)


def picture_service(
    folder: Path,
    clock: Clock,
    entropy: Entropy,
    *,
    server: str = "",
    client: UploadClient | None = None,
    settings: SettingsStore | None = None,
    network: Network = Network.REGTEST,
) -> PictureService:
    """Uploads to `server`, with `client` if it is to be closed."""
    return PictureService(
        signer=KeySigner(FAN, entropy),
        uploader=client or UploadClient(network, WayOut()),
        shelf=PictureFiles(folder / "draft-pictures"),
        settings=settings or Settings(),
        network=network,
        usual_server=server,
        clock=clock,
    )
