from pathlib import Path

import pytest

from docqa.llm.fit import measured_speed


def test_a_speed_is_kept_and_blended() -> None:
    assert measured_speed.prompt_speed("七号") is None
    measured_speed.keep_prompt_speed("七号", 100.0)
    measured_speed.keep_prompt_speed("七号", 50.0)
    measured_speed.keep_prompt_speed("别的", 7.0)
    assert (measured_speed.prompt_speed("七号"), measured_speed.prompt_speed("别的")) == (75.0, 7.0)


@pytest.mark.parametrize("damaged", ["{不是", "[]", '{"七号": "快"}'])
def test_a_damaged_file_only_forgets(home: Path, damaged: str) -> None:
    (home / "speeds.json").write_text(damaged, "utf-8")
    assert measured_speed.prompt_speed("七号") is None
    measured_speed.keep_prompt_speed("七号", 10.0)
    assert measured_speed.prompt_speed("七号") == 10.0


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "file"))
    assert measured_speed.keep_prompt_speed("七号", 10.0) == 10.0
