"""Python's garbage collector, kept from holding the loop.

A full collection looks at every object there is, a hundred thousand at least once the app stands,
and held the loop for 70 to 135 ms in a flood of events. What is there at the start stays until the
end, so it need not be looked at again.
"""

import gc
from typing import Final

YOUNG_OBJECTS: Final = 20_000
"""So many new objects, and not 700, are worth a look: nearly all of ours go without one."""
OLDER_TURNS: Final = 20


def spare_the_loop() -> None:
    """Sets what exists aside for good, and makes collections rarer. Once, before the loop works."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, OLDER_TURNS, OLDER_TURNS)
