"""What is measured, one subject a file. Each section returns its parts, by their names."""

from tests.benchmarks.sections import main

SECTIONS = {"main": main.run}
