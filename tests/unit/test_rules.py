"""Every rule says in a line whether it is a step of a run or a command, which `snakemake --list-rules` shows."""

import re

import pytest
from builders import REPOSITORY

RULES = [
    (name, text)
    for file in sorted((REPOSITORY / "rules").glob("*.smk"))
    for name, text in re.findall(r"^rule (\w+):\n(.*)", file.read_text(encoding="utf-8"), re.M)
]


@pytest.mark.parametrize(("name", "text"), RULES)
def test_a_rule_says_what_it_does(name, text):
    assert re.fullmatch(r' {4}"""(Step|Command): .+\."""', text)


def test_commands_are_those_of_their_file():
    commands = (REPOSITORY / "rules" / "commands.smk").read_text(encoding="utf-8")
    assert {name for name, text in RULES if "Command:" in text} == set(re.findall(r"^rule (\w+):", commands, re.M))
