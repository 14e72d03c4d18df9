"""The application: it builds and connects the components, and runs them as a daemon or for one pass."""
