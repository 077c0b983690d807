"""Pictures and sounds are copied under names that the overlay serves, and nothing else is."""

from pathlib import Path

import pytest

from tipdesk.adapters.desk import media
from tipdesk.adapters.desk.media import MediaFolder, UnusableMedia
from tipdesk.ports.desk import AlertMedia


async def test_a_file_gets_a_plain_name_and_replaces_no_other(tmp_path: Path) -> None:
    source = tmp_path / "My cat \u263a (1).PNG"
    source.write_bytes(b"one")
    folder: AlertMedia = MediaFolder(tmp_path / "overlay")
    assert folder.names() == ()
    assert await folder.add(str(source)) == "My-cat-1.png"
    source.write_bytes(b"two")
    assert await folder.add(str(source)) == "My-cat-1-2.png"
    assert folder.names() == ("My-cat-1-2.png", "My-cat-1.png")
    assert (tmp_path / "overlay" / "My-cat-1.png").read_bytes() == b"one"


@pytest.mark.parametrize("name", ["page.html", "key.pem", "noending", "image.svg"])
async def test_what_is_no_picture_or_sound_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(UnusableMedia, match="it is none of"):
        await MediaFolder(tmp_path / "overlay").add(str(tmp_path / name))


async def test_a_file_that_is_missing_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = MediaFolder(tmp_path / "overlay")
    with pytest.raises(UnusableMedia, match="No such file"):
        await folder.add(str(tmp_path / "none.png"))
    monkeypatch.setattr(media, "MAX_MEDIA_BYTES", 2)
    (tmp_path / "large.wav").write_bytes(b"xxx")
    with pytest.raises(UnusableMedia, match="more than 2 bytes"):
        await folder.add(str(tmp_path / "large.wav"))
    assert folder.names() == ()
