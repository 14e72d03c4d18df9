"""What the tests share: fakes, guards and helpers."""
