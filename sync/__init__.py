"""What a kiosk and its hall say to each other: records, chain, batches, receipts. Knows no screen and no panel."""
