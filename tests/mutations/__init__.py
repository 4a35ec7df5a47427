"""Files of every format that is read, damaged in thousands of ways: the outcome is a sound value or
an error in words, nothing else.
"""
