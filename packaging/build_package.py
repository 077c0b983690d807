"""Builds what is handed to people: `build/package/tipdesk`, a `.deb` of it, its bill of materials.

Runs in the environment that `make package` makes. On other systems than Linux the folder is built
and no `.deb`.
"""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "package"
LINUX = ROOT / "packaging" / "linux"
APP_ID = "org.tipdesk.TipDesk"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
LIBRARIES = (
    "libc6", "libegl1", "libgl1", "libfontconfig1", "libglib2.0-0 | libglib2.0-0t64",
    "libdbus-1-3", "libxkbcommon0", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4",
    "libxcb-keysyms1", "libxcb-shape0",
)  # fmt: skip
"""Qt's wheels bring Qt, and count on the system for these."""


def main() -> None:
    """Folder, bill of materials, package."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    build_folder()
    write_bill_of_materials()
    if sys.platform == "linux":
        say(f"built {build_deb(version())}")


def version() -> str:
    """TipDesk's own."""
    sys.path.insert(0, str(ROOT))
    import tipdesk

    return tipdesk.__version__


def build_folder() -> None:
    """PyInstaller's folder, with the licence in it."""
    spec = ROOT / "packaging" / "tipdesk.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    work = BUILD.parent / "package-work"
    subprocess.run(
        [*command, "--distpath", str(BUILD), "--workpath", str(work), str(spec)], check=True
    )
    shutil.copy(ROOT / "LICENSE", BUILD / "tipdesk" / "LICENSE")


def write_bill_of_materials() -> None:
    """CycloneDX of every locked dependency with its hashes."""
    lock = ROOT / "packaging" / "requirements.lock"
    target = BUILD / "tipdesk" / "sbom.cdx.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(lock)]
    command += ["--output-reproducible", "--of", "JSON", "-o", str(target)]
    command += ["--pyproject", str(ROOT / "pyproject.toml")]
    subprocess.run(command, check=True)


def build_deb(release: str) -> Path:
    """The Debian package; the same input gives the same bytes."""
    tree = BUILD / "deb"
    place(BUILD / "tipdesk", tree / "opt" / "tipdesk")
    place(LINUX / f"{APP_ID}.desktop", tree / "usr/share/applications" / f"{APP_ID}.desktop")
    place(LINUX / f"{APP_ID}.metainfo.xml", tree / "usr/share/metainfo" / f"{APP_ID}.metainfo.xml")
    place(LINUX / "tipdesk.service", tree / "usr/lib/systemd/user/tipdesk.service")
    icons = tree / "usr/share/icons/hicolor"
    place(LINUX / "icon.svg", icons / "scalable/apps" / f"{APP_ID}.svg")
    draw_icons(icons)
    command = tree / "usr/bin/tipdesk"
    command.parent.mkdir(parents=True)
    command.symlink_to("/opt/tipdesk/tipdesk")
    write_papers(tree, release)
    write_control(tree, release)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            # Whatever the builder's umask was.
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    deb = BUILD / f"tipdesk_{release}_{architecture()}.deb"
    environment = {"SOURCE_DATE_EPOCH": commit_time(), **os.environ}
    # Read by dpkg of Debian 11 and later too.
    pack = ["dpkg-deb", "--build", "--root-owner-group", "-Zxz", str(tree), str(deb)]
    subprocess.run(pack, check=True, env=environment, stdout=subprocess.DEVNULL)
    return deb


def place(source: Path, target: Path) -> None:
    """Copies a file or a folder, its links kept as links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy(source, target)


def draw_icons(folder: Path) -> None:
    """The icon at the sizes that desktops ask for."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    renderer = QSvgRenderer(QByteArray((LINUX / "icon.svg").read_bytes()))
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        target = folder / f"{size}x{size}" / "apps" / f"{APP_ID}.png"
        target.parent.mkdir(parents=True)
        if not image.save(str(target)):
            raise OSError(target)
    application.quit()


def write_papers(tree: Path, release: str) -> None:
    """The licence, and the changelog, which Debian wants compressed."""
    papers = tree / "usr/share/doc/tipdesk"
    papers.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", papers / "copyright")
    text = (
        f"tipdesk ({release}) stable; urgency=medium\n\n  * See the notes shown in the app.\n\n"
        f" -- The TipDesk developers <tipdesk@localhost>  {mail_time()}\n"
    )
    (papers / "changelog.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def write_control(tree: Path, release: str) -> None:
    """What dpkg must know."""
    size = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1_024
    control = {
        "Package": "tipdesk",
        "Version": release,
        "Architecture": architecture(),
        "Maintainer": "The TipDesk developers <tipdesk@localhost>",
        "Installed-Size": str(size),
        "Depends": ", ".join(LIBRARIES),
        "Recommends": "gnome-keyring | kwalletmanager, fonts-dejavu-core | fonts-noto-core",
        "Suggests": "speech-dispatcher",
        "Section": "net",
        "Priority": "optional",
        "Description": (
            "Tip people over the Lightning Network\n"
            " TipDesk follows creators, tips their posts by keyboard at a fee seen beforehand,\n"
            " and carries a Lightning node of its own. Creators see tips arrive, with alerts on\n"
            " the stream that nobody can fake."
        ),
    }
    target = tree / "DEBIAN" / "control"
    target.parent.mkdir()
    target.write_text("".join(f"{key}: {value}\n" for key, value in control.items()))


def architecture() -> str:
    """Debian's name for this machine."""
    return output("dpkg", "--print-architecture")


def commit_time() -> str:
    """When the last commit was made: the same source packed twice is the same."""
    return output("git", "-C", str(ROOT), "log", "-1", "--format=%ct")


def mail_time() -> str:
    """The same as mails write it."""
    return output("git", "-C", str(ROOT), "log", "-1", "--format=%cD")


def output(*command: str) -> str:
    """What a command says."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def say(text: str) -> None:
    """One line to the person at the terminal."""
    sys.stderr.write(f"tipdesk: {text}\n")


if __name__ == "__main__":
    main()
