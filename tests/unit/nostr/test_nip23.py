"""Long posts of ours: an identifier that is readable and alone, and what an edit leaves alone."""

from tests.fakes import FAN, sign
from tipdesk.nostr.nip23 import kept_tags, long_tags, new_identifier, published_at


def test_an_identifier_says_what_it_is_and_is_nobody_elses() -> None:
    assert new_identifier("Été à Lisbonne: (2)!", "ab12") == "ete-a-lisbonne-2-ab12"
    assert new_identifier("دانا", "ab12") == "ab12"
    assert len(new_identifier("x" * 300, "ab12")) == 65


def test_what_is_empty_is_not_said() -> None:
    tags = long_tags(identifier="a", title="T", summary="", picture="", published_at=7)
    assert tags == (("d", "a"), ("title", "T"), ("published_at", "7"))


def test_an_edit_keeps_what_another_client_wrote() -> None:
    tags = (("d", "a"), ("title", "T"), ("t", "tiles"), ("t", "other"), ("zap", "x", "y", "1"))
    version = sign(FAN, 30_023, "#tiles", tags=tags)
    assert kept_tags(version) == (("t", "other"), ("zap", "x", "y", "1"))
    assert published_at(version) == version.created_at
    dated = sign(FAN, 30_023, "x", tags=(("published_at", "12"),))
    assert published_at(dated) == 12
