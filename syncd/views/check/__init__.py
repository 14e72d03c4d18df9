"""What `syncd check` finds: everything that would not work, each with what to do about it."""
