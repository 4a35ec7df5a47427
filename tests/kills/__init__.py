"""Kills at random moments: of the command line's own jobs, and of what the store does. What was
acknowledged is never lost.
"""
