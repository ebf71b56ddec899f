"""Run as ``python -m tests.mutants``; ``make mutants`` does."""

from tests.mutants.cli import cli

if __name__ == "__main__":
    cli()
