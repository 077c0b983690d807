"""BOLT 4, "Onion Messages": made, carried on and read, without peers or timers.

Every message goes along a blinded path, that its sender made or its receiver gave. Nobody answers
an unusable one: whatever breaks a rule is a `DecodeError`, and the message is dropped.
"""
