"""The cluster profiles keep in step with the rules."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("profile", ["slurm", "cluster-generic"])
def test_all_publishing_steps_are_one_job_on_a_cluster(profile):
    rules = "".join((ROOT / "rules" / name).read_text(encoding="utf-8") for name in ("publish.smk", "exports.smk"))
    steps = len(re.findall(r"^rule \w+:", rules, re.MULTILINE))
    assert rules.count('    group:\n        "publish"\n') == steps
    settings = yaml.safe_load((ROOT / "profiles" / profile / "profile.v9+.yaml").read_text(encoding="utf-8"))
    assert settings["group-components"] == [f"publish={steps}"]
