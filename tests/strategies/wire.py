"""Any message of any kind, made from the types of its fields."""

from typing import Any

from hypothesis import strategies as st

from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import Sat
from tipdesk.lightning.wire import codec
from tipdesk.lightning.wire.closing import FeeRange, FeeRangeCodec
from tipdesk.lightning.wire.message import _BY_NUMBER, Message
from tipdesk.lightning.wire.registry import FAMILIES
from tipdesk.lightning.wire.tlv import TlvRecord

MESSAGES: tuple[type[Message], ...] = tuple(
    schema.cls
    for _, schema in sorted(_BY_NUMBER.items())
    if schema.cls.__module__ in {family.__name__ for family in FAMILIES}
)
"""Every message that the program knows, by number."""


def numbers(size: int) -> st.SearchStrategy[int]:
    """Every number of `size` bytes, the ends among them."""
    top = (1 << 8 * size) - 1
    return st.one_of(st.sampled_from([0, 1, top - 1, top]), st.integers(0, top))


def field(of: codec.Codec) -> st.SearchStrategy[Any]:
    """Any value that the codec can write."""
    match of:
        case codec.Unsigned(size):
            return numbers(size)
        case codec.QuantityOf(kind, size):
            return numbers(size).map(kind)
        case codec.Fixed(kind):
            return st.binary(min_size=kind.LENGTH, max_size=kind.LENGTH).map(kind)
        case codec.ScidCodec():
            return numbers(8).map(ShortChannelId)
        case codec.Exactly(count):
            return st.binary(min_size=count, max_size=count)
        case codec.Prefixed() | codec.Remainder():
            return st.binary(max_size=100)
        case codec.Many(kind):
            one = st.binary(min_size=kind.LENGTH, max_size=kind.LENGTH).map(kind)
            return st.lists(one, max_size=4).map(tuple)
        case FeeRangeCodec():
            return st.builds(FeeRange, numbers(8).map(Sat), numbers(8).map(Sat))
        case _:
            raise TypeError(f"no strategy for {of!r}")


def unknown_records(known: set[int]) -> st.SearchStrategy[tuple[TlvRecord, ...]]:
    """Odd records that no schema knows, in order."""
    odd = numbers(8).map(lambda n: n | 1).filter(lambda n: n not in known)
    records = st.lists(
        st.builds(TlvRecord, odd, st.binary(max_size=20)), max_size=3, unique_by=lambda r: r.type
    )
    return records.map(lambda found: tuple(sorted(found, key=lambda r: r.type)))


def messages(cls: type[Message]) -> st.SearchStrategy[Message]:
    """Any message of this class."""
    schema = _BY_NUMBER[cls.TYPE]
    fields = {name: field(of) for name, of in schema.fixed}
    fields |= {name: st.none() | field(of) for name, of in schema.optional.values()}
    fields["unknown_records"] = unknown_records(set(schema.optional))
    return st.builds(cls, **fields)


any_message = st.sampled_from(MESSAGES).flatmap(messages)
"""Any message at all."""
