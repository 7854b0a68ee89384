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
    What can't be done with the empty file is told of `path`, which is what the person knows.
    """
    given, path = path, path.resolve()
    # mkstemp makes a private file; what replaces it is as readable as the one before, or as any other document.
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(given)) from None
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is not None and Path(error.filename) == temporary:
            raise OSError(error.errno, error.strerror, str(given)) from None
        raise
