"""Kills, power cuts, torn wires and failing disks: `make torture` counts them and what they cost.

`mortals` are nodes that die in every way; `wires` tear; `secrets` overhears what leaves against
what is durable; `payments`, `channels`, `closings` (of `stories`, judged by `proceeds`) and
`processes` are the scripts; a short form is a test.
"""
