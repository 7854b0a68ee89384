"""Files written whole or not at all: the one place that knows how."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """An empty file to write to, which takes the place of `path` at the end; on an error it is gone. Raises OSError.

    A link stays a link, the empty file's name ends as the given one's, and what is replaced keeps its permissions.
    """
    path = path.resolve()
    # mkstemp makes a private file; what replaces it is as readable as the one before, or as any other document.
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
