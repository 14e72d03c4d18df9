"""The evaluation of predictions: how they were kept, what would have been bet, and what that was worth.

Values in, values out: the history comes from the store, or from a recording.
"""
