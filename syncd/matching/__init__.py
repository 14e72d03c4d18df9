"""Record linkage of events and matches by log likelihood ratios; pure and in memory."""
