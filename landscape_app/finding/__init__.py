"""What the numbers of compared networks say, in sentences that go no further than the numbers."""
