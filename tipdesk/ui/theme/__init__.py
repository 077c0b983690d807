"""What everything looks like: colour roles, type, spacing, icons, and the one stylesheet."""
