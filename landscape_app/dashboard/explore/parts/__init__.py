"""The parts of the topology card: one of them is shown at a time, the same for all runs."""
