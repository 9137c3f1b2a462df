"""What a kiosk and its hall say to each other: records, chain, batches, receipts."""

VERSION = "0.1.0"
"""The version of all of Huiyin; pyproject.toml says the same, and a test compares them."""
