"""Laws of what is said of compared networks."""
