"""Where an embedder's files are."""

from os import environ
from pathlib import Path

from docqa import paths
from docqa.catalog import find_any, plain
from docqa.errors import ModelError

_KEPT = (".safetensors", ".bin", ".json", ".txt", ".model")


def find_folder(model: str) -> Path:
    """The folder of a model named by path, catalog name or hub id; nothing is downloaded."""
    here = Path(model).expanduser().absolute()
    if here.is_dir():
        return here
    if here.exists():
        raise ModelError("dense.not_an_embedder", path=here)
    entry = find_any(model)
    kept = paths.models_dir() / (entry.name if entry else plain(model.rpartition("/")[2]))
    if kept.is_dir():
        return kept
    found = _in_hub_cache(entry.huggingface if entry and entry.huggingface else model)
    if found is None:
        raise ModelError("dense.embedder_missing", model=model)
    return found


def weights_of(folder: Path) -> list[Path]:
    """The files of a model's folder that shape its vectors."""
    inside = (path for path in folder.rglob("*") if path.suffix in _KEPT and path.is_file())
    return [path for path in inside if not any(p.startswith(".") for p in path.parts[-2:])]


def _in_hub_cache(hub_id: str) -> Path | None:
    # Its layout is the hub client's affair, but asking the client costs half a second.
    root = Path(environ.get("HF_HOME") or "~/.cache/huggingface").expanduser() / "hub"
    root = Path(environ.get("HF_HUB_CACHE") or root).expanduser()
    if hub_id.count("/") > 1 or hub_id.startswith(("/", ".")):
        return None
    names = [hub_id] if "/" in hub_id else [f"sentence-transformers/{hub_id}", hub_id]
    for name in names:
        model = root / f"models--{name.replace('/', '--')}"
        reference = model / "refs" / "main"
        if reference.is_file():
            folder = model / "snapshots" / reference.read_text("utf-8").strip()
            if folder.is_dir():
                return folder
    return None
