"""Two tiny runs that the command line made, and what a command prints."""

from __future__ import annotations

from landscape_app.cli.main import main

TINY = ["--data", "blobs", "--network", "mlp-small", "--regime", "plain"]
TINY += ["--train-epochs", "6", "--epochs", "10", "--seeds", "3"]


def printed(capsys, *argv, code=0):
    """(standard output, standard error) of a command that ends with `code`."""
    capsys.readouterr()
    assert main([*argv]) == code
    return capsys.readouterr()
