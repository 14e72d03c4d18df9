"""The commands: thin, each in a module of its own, loaded when it is called."""
