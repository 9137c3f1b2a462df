"""What the hall holds and how it came to hold it. Knows no routes and no pages."""
