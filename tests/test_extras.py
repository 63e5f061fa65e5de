import importlib.metadata

import pytest

from docqa import extras


@pytest.fixture(autouse=True)
def requirements(monkeypatch):
    lines = [
        "msgspec>=0.20",
        "left==1; (sys_platform == 'plan9') and extra == 'meaning'",
        'right<2; (sys_platform != "plan9") and extra == "meaning"',
        "other>=3; extra == 'all'",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: lines)
    extras.packages.cache_clear()
    yield
    extras.packages.cache_clear()


def test_an_extra_names_the_packages_that_it_brings_to_this_machine():
    assert extras.packages("meaning") == ("right",)
    assert extras.packages("all") == ("other",)
    assert extras.packages("nothing") == ()


def test_what_is_missing_is_named_with_the_command_that_installs_it():
    error = extras.missing("meaning", "Meaning")
    assert error.facts["package"] == "right"
    assert error.facts["command"].endswith("[meaning]'")
