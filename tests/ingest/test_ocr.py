import io
import shutil
import stat
import subprocess
import sys

import pytest

from ingest import ocr
from ingest.errors import FileUnreadable, NeedsExtra, TooLarge
from ingest.ocr import Word, fragments
from ingest.types import PageMethod
from tests.support.documents import picture
from tests.support.reading import read

LINES = ["员工出差须提前三个工作日申请，经主管批准", "后方可出行，住宿费凭发票报销。"]


@pytest.fixture
def engines():
    """Forget which engine was found, before and after."""
    ocr.engine.cache_clear()
    yield
    ocr.engine.cache_clear()


def image(lines, form="PNG", **options) -> bytes:
    file = io.BytesIO()
    picture(lines).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(("name", "form"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.bmp", "BMP")])
def test_an_image_is_read_and_its_lines_joined(name, form):
    extract = read(name, image(LINES, form))
    assert extract.text == "".join(LINES)
    (page,) = extract.pages
    assert page.method is PageMethod.OCR
    assert page.confidence is not None and page.confidence > 0.9


def test_each_frame_of_a_tiff_is_a_page():
    data = image(
        ["第一张图片上的文字"],
        "TIFF",
        save_all=True,
        append_images=[picture(["第二张图片上的文字"])],
    )
    extract = read("a.tiff", data)
    assert [(s.page, extract.text[s.start : s.end]) for s in extract.sections] == [
        (1, "第一张图片上的文字"),
        (2, "第二张图片上的文字"),
    ]


def test_an_image_without_words_is_an_error():
    with pytest.raises(FileUnreadable, match="no_text"):
        read("a.png", image([]))


def test_an_image_with_ocr_off_says_so():
    with pytest.raises(FileUnreadable, match="ocr_off"):
        read("a.png", image(LINES), ocr=False)


def test_a_damaged_image_is_named():
    with pytest.raises(FileUnreadable, match="damaged"):
        read("a.png", image(LINES)[:200])


def test_an_image_of_too_many_pixels_is_not_unpacked():
    from PIL import Image

    file = io.BytesIO()
    Image.new("1", (20_000, 8_000)).save(file, "PNG")
    with pytest.raises(TooLarge, match="image_pixels"):
        read("a.png", file.getvalue())


def test_without_an_engine_the_extra_is_named(engines, monkeypatch):
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NeedsExtra) as refused:
        read("a.png", image(LINES))
    assert refused.value.facts["extra"] == "ocr"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in program is a shell script")
def test_tesseract_is_called_where_it_is_all_there_is(engines, monkeypatch, tmp_path):
    # As it is: a word a row, the comma lower than the words of its line.
    row = "5\t1\t1\t1\t{line}\t1\t{left}\t{top}\t{width}\t{high}\t95\t{text}"
    rows = ["level\t…"]
    for number, line in enumerate(LINES):
        for at in range(0, len(line), 3):
            text, top = line[at : at + 3], 60 + 56 * number
            place = {"left": 60 + 32 * at, "top": top + at % 2, "width": 32 * len(text)}
            rows.append(row.format(line=number, high=32 + at % 4, text=text, **place))
    table = "\n".join(rows)
    program = tmp_path / "tesseract"
    program.write_text(
        "#!/bin/sh\nif [ \"$1\" = --list-langs ]; then echo chi_sim; exit; fi\n"
        '[ "$4" = chi_sim ] && [ "$OMP_THREAD_LIMIT" = 1 ] || exit 1\n/bin/cat >/dev/null\n'
        f"/bin/cat <<'E'\n{table}\nE\n",
        encoding="utf-8",
    )  # fmt: skip
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    extract = read("a.png", image(LINES))
    assert extract.text == "".join(LINES)
    assert extract.pages[0].confidence == 0.95


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("tesseract")
    or b"chi_sim" not in subprocess.run(["tesseract", "--list-langs"], capture_output=True).stdout,
    reason="Tesseract is not installed, or not for Chinese",
)
def test_tesseract_reads_chinese_without_spaces(engines, monkeypatch):
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    extract = read("a.png", image(LINES))
    assert ocr.engine() == "tesseract"
    assert " " not in extract.text and "\n" not in extract.text
    same = sum(a == b for a, b in zip(extract.text, "".join(LINES), strict=False))
    assert same > 0.8 * len(extract.text)


def test_lines_of_nearly_one_height_are_of_one_size():
    heights = (50, 45, 56, 90)
    words = [Word("文字" * 9, 0, n * 100, 600, n * 100 + high, 1) for n, high in enumerate(heights)]
    sizes = [piece.size for piece in fragments(words, 1000)]
    assert sizes[0] == sizes[1] == sizes[2] < sizes[3]
