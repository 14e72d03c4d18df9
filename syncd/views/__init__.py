"""What users read: status, counts, explanations, reviews and checks. Nothing here writes to BetTune."""
