"""Logins to pages (LUD-04), signed with keys of the profile's seed."""

from tipdesk.lnurl.auth import Login, answer_url, linking_key


class LinkingSigner:
    """Holds the seed and shows none of its keys."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed

    def __repr__(self) -> str:
        return "LinkingSigner(...)"

    def answer_url(self, login: Login) -> str:
        """LUD-04: where the signed challenge goes."""
        return answer_url(login, linking_key(self._seed, login.domain))
