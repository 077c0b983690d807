"""Arbitrary bytes for everything that reads what others wrote: a short form runs with the suite.

`make fuzz ARGS="--seconds 600"` goes on for as long as one likes; each failure names its input and
the seed that led to it.
"""
