"""What a person takes away: figures, data and reports of runs, as the pages show them."""
