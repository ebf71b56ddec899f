"""Run as ``python -m tests.benchmarks``; ``make bench`` does."""

from tests.benchmarks.cli import cli

if __name__ == "__main__":
    cli()
