"""The checks of `syncd check`: each finding says what would not work, and what to do about it."""
