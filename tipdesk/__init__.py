"""TipDesk: a desktop app for tipping people over the Lightning Network."""

__version__ = "0.1.0"
