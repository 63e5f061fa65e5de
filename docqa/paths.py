"""Every path docqa uses."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from docqa.errors import MissingData, StorageError

_APP = "docqa"


def home() -> Path | None:
    """DOCQA_HOME, which moves everything docqa keeps."""
    value = os.environ.get("DOCQA_HOME")
    return Path(value).expanduser().absolute() if value else None


def data_dir() -> Path:
    """Where libraries, models and logs are kept."""
    return home() or _platform_dir("data")


def config_dir() -> Path:
    """Where the user's settings, presets, prompts and themes are."""
    return home() or _platform_dir("config")


def user_config() -> Path:
    """The user's settings file."""
    return config_dir() / "config.toml"


def project_config(start: Path | None = None) -> Path | None:
    """The nearest `docqa.toml` from here upwards."""
    here = start or Path.cwd()
    return next((f for d in (here, *here.parents) if (f := d / "docqa.toml").is_file()), None)


def library_dir(name_or_path: str) -> Path:
    """A library by name, or by path where it is written like one."""
    if is_path(name_or_path):
        return Path(name_or_path).expanduser().absolute()
    return data_dir() / "libraries" / name_or_path


def is_path(name_or_path: str) -> bool:
    """Whether a library is meant by its path; a drive's letter makes one, too."""
    separators = ("/", "\\", os.sep)
    return (
        any(separator in name_or_path for separator in separators)
        or name_or_path.startswith((".", "~"))
        or name_or_path[1:2] == ":"
    )


def libraries() -> tuple[str, ...]:
    """Names of the libraries in the data folder."""
    root = data_dir() / "libraries"
    return tuple(sorted(f.parent.name for f in root.glob("*/library.sqlite")))


def models_dir() -> Path:
    """Where model files are kept."""
    return data_dir() / "models"


def log_file() -> Path:
    """The newest log."""
    return data_dir() / "logs" / "docqa.log"


def find_shipped(*parts: str) -> Path:
    """A file that ships with docqa: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    root = package / "_data" if (package / "_data").is_dir() else package.parent
    return root.joinpath(*parts)


def find(folder: str, name: str) -> Path:
    """A prompt, preset or theme: the user's own file first, then the shipped one."""
    places = _places(folder)
    for place in places:
        if (place / name).is_file():
            return place / name
    raise MissingData(name=name, places=", ".join(map(str, places)))


def preset_folders() -> tuple[Path, Path]:
    """Where presets stand: the user's own first, then the shipped ones."""
    return _places("configs")


def presets() -> tuple[str, ...]:
    """Names of the presets."""
    return tuple(sorted({f.stem for place in preset_folders() for f in place.glob("*.toml")}))


def printable(path: str) -> str:
    """The path as people see it, bytes that are no text written in hexadecimal."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path


def private_dir(path: Path) -> Path:
    """Make a folder that only its owner can enter."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError("error.not_writable", path=path, reason=error.strerror) from error
    return path


def private_part(path: Path) -> Path:
    """Make a folder inside a library: its owner's alone, also where an older one was not."""
    if path.is_symlink():
        raise StorageError("error.link", path=path)
    try:
        private_dir(path)
    except StorageError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EROFS:
            raise StorageError("error.read_only", path=path.parent) from error
        raise
    _tighten(path, 0o700)
    return path


def private_file(path: Path) -> Path:
    """Make sure of a file that only its owner can read or write; a link is refused."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        # Looked at and never opened: to close a database would drop the locks that others hold.
        if path.is_symlink():
            raise StorageError("error.link", path=path) from None
        _tighten(path, 0o600)
    except OSError as error:
        raise StorageError("error.not_writable", path=path, reason=error.strerror) from error
    return path


def _tighten(path: Path, mode: int) -> None:
    # Windows has no such rights, and what belongs to another is for another to close.
    if os.name == "posix":
        with suppress(OSError):
            if path.stat().st_mode & 0o077:
                path.chmod(mode)


def _places(folder: str) -> tuple[Path, Path]:
    return config_dir() / folder, find_shipped(folder)


def _platform_dir(kind: str) -> Path:
    # Imported here: costs 20 ms, and DOCQA_HOME makes it unnecessary.
    import platformdirs

    folder = platformdirs.user_data_dir if kind == "data" else platformdirs.user_config_dir
    return Path(folder(_APP, appauthor=False))
