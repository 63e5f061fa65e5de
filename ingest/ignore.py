"""What a walk through folders leaves out: by `.docqaignore`, by settings, and by good sense."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".docqaignore"

# Made by programs for programs; nobody asks questions of them.
_FOLDERS = frozenset(
    [
        "node_modules",
        "bower_components",
        "__pycache__",
        "site-packages",
        "__MACOSX",
        "lost+found",
        "$RECYCLE.BIN",
        "System Volume Information",
    ]
)
_FILES = frozenset(["Thumbs.db", "desktop.ini", "Icon\r"])
_ARCHIVE_SUFFIXES = (
    ".zip .tar .gz .tgz .bz2 .tbz .xz .txz .zst .7z .rar .lz4 .jar .war .whl .iso .dmg .cab .deb"
    " .rpm .apk .cbz .cbr"
)
_BINARY_SUFFIXES = (
    ".exe .dll .so .dylib .a .o .obj .lib .pyc .pyd .class .bin .dat .db .sqlite .sqlite3 .mdb"
    " .mp3 .wav .flac .ogg .m4a .aac .wma .mp4 .mkv .mov .avi .wmv .flv .webm .heic .psd .ai"
    " .ttf .otf .woff .woff2 .eot .ico .gguf .safetensors .pt .onnx .npy .npz .parquet .pickle"
    " .pkl .swf .msi .img .vmdk .tmp .swp .bak"
)
_ARCHIVES = frozenset(_ARCHIVE_SUFFIXES.split())
_BINARIES = frozenset(_BINARY_SUFFIXES.split())


def reason_for_folder(name: str) -> str | None:
    """Why a folder of this name is left out, if it is."""
    return "skipped_generated" if name in _FOLDERS else None


def reason_for_file(name: str, suffix: str) -> str | None:
    """Why a file of this name, and suffix in lower case, is left out, if it is."""
    if name in _FILES or name.startswith("~$") or name.endswith("~"):
        return "skipped_generated"
    if suffix in _ARCHIVES:
        return "skipped_archive"
    return "skipped_binary" if suffix in _BINARIES else None


class IgnoreRules(Struct, frozen=True):
    """The patterns in force in a folder, the outermost first, each with where it counts from."""

    layers: tuple[tuple[int, "GitIgnoreSpec"], ...] = field(default=())

    def within(self, folder: str, patterns: Sequence[str] = ()) -> "IgnoreRules":
        """The rules once the folder's own `.docqaignore` and these patterns are added."""
        lines = [*patterns, *_lines(Path(folder) / IGNORE_FILE)]
        if not lines:
            return self
        # Imported here: most folders have no patterns (saves 40 ms).
        from pathspec import GitIgnoreSpec

        base = len(folder.rstrip("/\\")) + 1
        return IgnoreRules((*self.layers, (base, GitIgnoreSpec.from_lines(lines))))

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether the last pattern that speaks of this path says to leave it out."""
        for base, spec in reversed(self.layers):
            verdict = spec.check_file(path[base:] + ("/" if is_folder else "")).include
            if verdict is not None:
                return verdict
        return False


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return []
