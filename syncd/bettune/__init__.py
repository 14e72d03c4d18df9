"""BetTune's API: its six operations, its values and its errors."""
