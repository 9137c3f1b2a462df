"""Bytes on a line become presses of keys. Knows no ratings, no screen, no network."""
