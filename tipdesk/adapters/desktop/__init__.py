"""The desktop: what is started at login on each system, and notifications over D-Bus.

Each file speaks to one system and can be made on any: the tests of Windows and a Mac run here as
far as their formats go. `app/desktop.py` chooses.
"""
