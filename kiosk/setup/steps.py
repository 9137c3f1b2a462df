"""The steps of a set-up. Pure; alone, so that a command line knows them at no cost."""

STEPS = ("language", "hall", "window", "panel", "keys", "sound", "screen", "scanner")
"""What can be set up, in the order in which it is asked."""
