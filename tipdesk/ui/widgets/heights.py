"""How high the rows of a list are, and where each begins, counted anew only as far as needed."""

from itertools import accumulate, islice


class Heights:
    """A height for every row; `tops` has one entry more: where a further row would begin."""

    def __init__(self, gap: int) -> None:
        self._gap = gap
        self._heights: list[int] = []
        self._counted = 0
        self.tops: list[int] = [0]

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, row: int) -> int:
        return self._heights[row]

    def __setitem__(self, row: int, height: int) -> None:
        if height != self._heights[row]:
            self._heights[row] = height
            self._counted = min(self._counted, row)

    def reset(self, count: int, height: int) -> None:
        """So many rows, all of one height."""
        self._heights = [height] * count
        self._counted = 0

    def insert(self, first: int, count: int, height: int) -> None:
        """More rows, from a place on."""
        self._heights[first:first] = [height] * count
        self._counted = min(self._counted, first)

    def remove(self, first: int, last: int) -> None:
        """These and those between are gone."""
        del self._heights[first : last + 1]
        self._counted = min(self._counted, first)

    def count(self) -> None:
        """Brings `tops` up to date, from the first row on whose height is another than before."""
        first = self._counted
        heights = islice(self._heights, first, None)
        self.tops[first:] = accumulate((h + self._gap for h in heights), initial=self.tops[first])
        self._counted = len(self._heights)
