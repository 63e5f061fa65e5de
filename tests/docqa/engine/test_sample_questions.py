"""Questions made from headings: named without their numbers, answered by their document."""

from docqa.engine import Engine
from docqa.engine.sample_questions import sample_questions
from docqa.settings import ModelSettings, Settings


def test_headings_of_manuals_and_rules_are_asked_about_without_their_numbers(home, tmp_path):
    (tmp_path / "手册.md").write_text(
        "# 手册\n\n## 1.1 安装步骤\n\n安装步骤：先插上电源，再按电源键。\n\n"
        "## 10.2 时区设置\n\n时区设置在系统菜单中，默认为北京时间。\n",
        encoding="utf-8",
    )
    (tmp_path / "规定.md").write_text(
        "# 规定\n\n## 第三条 密码长度\n\n密码长度不得少于十位。\n", encoding="utf-8"
    )
    with Engine(Settings(model=ModelSettings(engine="quotes"))) as engine:
        list(engine.ingest([tmp_path]))
        assert set(sample_questions(engine)) == {
            "关于安装步骤，文档里怎么说？",
            "关于时区设置，文档里怎么说？",
            "密码长度是怎么规定的？",
        }
