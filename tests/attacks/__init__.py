"""What a stranger's file or folder may try, and what becomes of it."""
