"""The revisions are known without Alembic, which an ordinary start does not import."""

import subprocess
import sys

from alembic.script import ScriptDirectory

from adapters.migrations.alembic_upgrade import configure
from adapters.migrations.runner import history


def test_the_revisions_are_those_of_alembic_in_its_order() -> None:
    scripts = ScriptDirectory.from_config(configure())

    assert [step.revision for step in scripts.walk_revisions()] == list(reversed(history()))


def test_a_start_does_not_import_alembic() -> None:
    program = "import sys, entrypoints.bootstrap; print('alembic' in sys.modules)"

    assert "False\n" == subprocess.check_output([sys.executable, "-c", program], text=True)
