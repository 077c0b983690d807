"""The demo: the practice network in a second process, and a fan's app that tips on it.

The fan's app knows nothing of this: it is the same app with the same settings anybody would make.
"""
