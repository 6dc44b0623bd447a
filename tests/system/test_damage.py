"""Damage to the data directories of real nodes; the trial with hundreds of them is `scripts/trials damage`."""

import os
import subprocess
import sys

from conftest import BIN, ROOT


def test_damaged_directories_are_refused_whole_or_announced():
    trial = subprocess.run([sys.executable, ROOT / "scripts" / "trial_damage.py", "--damages", "9"],
                           env={**os.environ, "CAPSIZE_BIN": str(BIN.resolve())}, capture_output=True, text=True, timeout=120)
    assert trial.returncode == 0, trial.stdout + trial.stderr
    assert "wrong 0" in trial.stdout, trial.stdout
