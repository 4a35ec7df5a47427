"""What people bring, kind by kind: every case is tried by `test_bring` and told in
docs/bring.md.
"""
