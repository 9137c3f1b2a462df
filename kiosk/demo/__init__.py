"""Both ends on one machine, to try by hand or to replay a day."""
