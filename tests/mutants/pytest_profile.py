"""A pytest plugin: Hypothesis generates the same examples in each run, and does not shrink them.

So a mutant is always detected by the same example, and shrinking takes no time.
"""

from hypothesis import Phase, settings

settings.register_profile(
    "mutants", derandomize=True, phases=[Phase.explicit, Phase.generate], deadline=None
)
settings.load_profile("mutants")
