"""Kept patches, each of which takes one guard out of the money code, and the tests that notice.

A patch begins with what it removes and `Test:` lines; `python -m tests.mutants` applies each to a
copy of the tree and shows that its tests fail there.
"""
