"""Which event is which match: evidence weighed as likelihood ratios, pure and in memory."""
