"""Views for users: status, counts, explanations, reviews and checks. Nothing here writes to BetTune."""
