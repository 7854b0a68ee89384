"""How an experiment's file names other files: relative to its own folder where they lie there or below."""

from pathlib import Path

from biasstudio.spec.arguments import SpecError, shown


def path_for(path: Path, folder: Path | None) -> str:
    """The text that stands for `path` in an experiment's file in `folder`."""
    whole = path.resolve()
    if folder is not None and whole.is_relative_to(folder.resolve()):
        return whole.relative_to(folder.resolve()).as_posix()
    return str(whole)


def path_from(text: str, folder: Path | None, owner: str) -> Path:
    """The path that `text` stands for in an experiment's file in `folder`. Raises SpecError naming `owner`."""
    path = Path(text) if folder is None else folder.resolve() / text
    if not path.is_absolute():
        raise SpecError(f"{owner}: where {shown(text)} lies is not known without the folder of the experiment.")
    return path
