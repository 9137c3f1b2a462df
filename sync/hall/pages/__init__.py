"""The hall's routes. Knows how messages travel, never what they mean."""
