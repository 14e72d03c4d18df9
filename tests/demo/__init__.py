"""The simulators are as strict as their documents, and tell deltas that add up."""
