"""What the counts mean: statistics and reports. Pure: no clock, no file, no database."""
