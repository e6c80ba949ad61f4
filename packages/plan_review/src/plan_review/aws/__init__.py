"""Facts about AWS that checks need, each with its source: stated here once, and nowhere else."""
