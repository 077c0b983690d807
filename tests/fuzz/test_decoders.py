"""Every decoder stands damaged input: a refusal in words, soon, and without much memory."""

import time
from random import Random

import pytest

from tests.fuzz import decoders
from tests.fuzz.decoders import NODE, REFUSALS, Decoder
from tests.fuzz.loop import MOST_SECONDS, Found, feed, run

DECODERS = decoders.every()
INPUTS = 150


@pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.name)
def test_a_decoder_answers_or_refuses(decoder: Decoder) -> None:
    run(decoder, Random(f"{decoder.name} 1"), INPUTS)


@pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.name)
def test_something_of_every_decoders_examples_is_read(decoder: Decoder) -> None:
    """An example that is always refused would be no ground to damage."""
    read = 0
    for example in decoder.examples:
        try:
            decoder.read(example)
        except REFUSALS:
            continue
        read += 1
    assert read


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("wallet change", (b'"revealed":{}', b'"revealed":null')),
        ("chain server's answer", (b'"height": 5', b'"height": 1e9990000000000000000000')),
        ("stored route", (bytes(NODE), bytes(NODE)[:6])),
    ],
)
def test_what_the_fuzzer_once_found(name: str, change: tuple[bytes, bytes]) -> None:
    (decoder,) = [decoder for decoder in DECODERS if decoder.name == name]
    example = decoder.examples[0]
    damaged = example.replace(*change, 1)
    assert damaged != example
    feed(decoder, damaged)


def test_the_fuzzer_once_found_a_state_cut_off_before_a_field_that_has_no_default() -> None:
    (decoder,) = [decoder for decoder in DECODERS if decoder.name == "stored head"]
    for end in range(len(decoder.examples[0])):
        feed(decoder, decoder.examples[0][:end])


def test_the_fuzzer_notices_a_crash_a_hang_and_a_hunger_for_memory() -> None:
    def crash(data: bytes) -> object:
        return data[len(data)]

    def hang(_: bytes) -> object:
        start = time.process_time()
        while time.process_time() - start <= MOST_SECONDS:
            pass
        return None

    def hunger(_: bytes) -> object:
        return bytes(50 << 20)

    for read in (crash, hunger):
        with pytest.raises(Found):
            run(Decoder("bad", read, (b"x",)), Random("bad"), 1)
    with pytest.raises(Found, match="takes"):
        feed(Decoder("slow", hang, (b"x",)), b"x")
