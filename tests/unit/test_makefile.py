"""The targets of the Makefile that need what a machine may not have."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_without_node_the_target_for_clients_says_so_and_fails(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make is not None

    ended = subprocess.run(
        [make, "clients"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    says = "The TypeScript client needs Node.js 20 or newer and npm, such as Debian's."
    assert says == ended.stderr.partition("\n")[0]
    assert ended.returncode == 2  # make's, for a command that exits with 1
    assert "" == ended.stdout
