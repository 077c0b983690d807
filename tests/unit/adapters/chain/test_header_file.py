"""Headers survive a restart, and no damage to their file survives their check."""

from dataclasses import replace
from pathlib import Path

import pytest

from tipdesk.adapters.chain.header_file import HeaderFile
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import PERIOD, rules_of

RULES = rules_of(Network.REGTEST)


def branch(parent: Header, count: int, extra: int = 0) -> list[Header]:
    headers = [parent]
    for _ in range(count):
        last = headers[-1]
        header = Header(4, last.hash, extra.to_bytes(32, "big"), last.time + 1, RULES.limit_bits, 0)
        while not header.has_work:
            header = replace(header, nonce=header.nonce + 1)
        headers.append(header)
    return headers[1:]


HEADERS = branch(RULES.base, 2 * PERIOD + 10)


def chain(count: int) -> HeaderChain:
    made = HeaderChain(RULES)
    for start in range(0, count, PERIOD):
        made = made.connect(start + 1, HEADERS[start : min(start + PERIOD, count)])
    return made


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "headers"
    assert HeaderFile(path, RULES).load() == HeaderChain(RULES)
    for count in (3, PERIOD, PERIOD + 1, len(HEADERS)):
        HeaderFile(path, RULES).save(chain(count))
        assert path.stat().st_size == 80 * count
        assert HeaderFile(path, RULES).load() == chain(count)


def test_a_new_block_writes_the_last_page_only_and_a_reorganisation_what_it_changed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "headers"
    file = HeaderFile(path, RULES)
    before = chain(len(HEADERS))
    file.save(before)
    raw = bytearray(path.read_bytes())
    raw[:80] = bytes(80)
    path.write_bytes(raw)
    after = before.connect(len(HEADERS) - 1, branch(HEADERS[-3], 3, extra=1))
    file.save(after)
    assert path.read_bytes()[:80] == bytes(80)
    assert path.read_bytes()[80:] == b"".join(page.raw for page in after.pages)[80:]


@pytest.mark.parametrize("place", [0, 5, 79, 80 * PERIOD, 80 * PERIOD + 37, 80 * 2 * PERIOD])
def test_a_damaged_file_ends_where_its_page_is_damaged(tmp_path: Path, place: int) -> None:
    path = tmp_path / "headers"
    HeaderFile(path, RULES).save(chain(len(HEADERS)))
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    loaded = HeaderFile(path, RULES)
    pages = place // (80 * PERIOD)
    assert loaded.load() == chain(pages * PERIOD)
    loaded.save(chain(len(HEADERS)))
    assert HeaderFile(path, RULES).load() == chain(len(HEADERS))


def test_half_a_header_at_the_end_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "headers"
    HeaderFile(path, RULES).save(chain(5))
    path.write_bytes(path.read_bytes()[:-30])
    assert HeaderFile(path, RULES).load() == chain(4)


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    file = HeaderFile(tmp_path / "no folder" / "headers", RULES)
    file.save(chain(2))
    assert file.load() == HeaderChain(RULES)
