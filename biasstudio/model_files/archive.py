"""The zip that a .keras file is: its members looked at before any is read, and none written to the disk by its name."""

import io
import stat
import tempfile
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from biasstudio.spec.arguments import SpecError

MAXIMUM_MEMBERS = 10_000
MAXIMUM_WEIGHTS_BYTES = 8_000_000_000
MAXIMUM_CONFIG_BYTES = 8_000_000
# zipfile reads the table of contents at once; the entries of 10,000 members are far smaller.
_LONGEST_READ = 4_000_000
# Deflate makes weights a little smaller. What makes so much of so little is made to fill the memory.
_LARGEST_EXPANSION = 100
_FREE_TO_EXPAND = 64_000_000
_IN_MEMORY = 64_000_000
_PART = 1 << 20

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, NotImplementedError, RuntimeError)


class _CautiousFile(io.RawIOBase):
    """A file that gives no more than a few megabytes at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            size = _LONGEST_READ + 1
        if size > _LONGEST_READ + 1:
            raise zipfile.BadZipFile("its table of contents is longer than that of a model")
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0, /) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


class Archive:
    """An open .keras file. `name` starts the sentences. Raises SpecError. The caller closes `file`."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        try:
            self._zip = zipfile.ZipFile(cast("IO[bytes]", _CautiousFile(file)))
            members = self._zip.infolist()
        except _FAULTS as error:
            raise SpecError(f"{name} is damaged or not a .keras file: {_plain(error)}.") from None
        if len(members) > MAXIMUM_MEMBERS:
            raise SpecError(f"{name} has {len(members):,} members, more than a model has.")
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            self._check(member)
            self._members[member.filename] = member
        for wanted in (CONFIG, WEIGHTS):
            if wanted not in self._members:
                raise SpecError(f"{name} is not a model of Keras: it has no member {wanted}.")

    def _check(self, member: zipfile.ZipInfo) -> None:
        path, shown = member.filename, _shown(member.filename)
        reason = ""
        if path.startswith("/") or "\\" in path or ":" in path or ".." in PurePosixPath(path).parts or not path:
            reason = "leads out of the file"
        elif stat.S_ISLNK(member.external_attr >> 16):
            reason = "is a link to another file"
        elif member.flag_bits & 1:
            reason = "is encrypted"
        elif path in self._members:
            reason = "is there twice"
        elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            reason = "is compressed in a way that Keras doesn't use"
        if reason:
            raise SpecError(f"{self._name} can't be trusted: its member “{shown}” {reason}.")
        limit = MAXIMUM_WEIGHTS_BYTES if path == WEIGHTS else MAXIMUM_CONFIG_BYTES
        if path in (CONFIG, METADATA, WEIGHTS) and member.file_size > limit:
            raise SpecError(
                f"{self._name}: its member {shown} claims {member.file_size:,} bytes; up to {limit:,} are read."
            )
        if member.file_size > max(_FREE_TO_EXPAND, _LARGEST_EXPANSION * member.compress_size):
            raise SpecError(
                f"{self._name}: its member {shown} claims {member.file_size:,} bytes, but only "
                f"{member.compress_size:,} are there."
            )

    def json(self, member: str) -> bytes | None:
        """The bytes of config.json or metadata.json; None where it isn't there. Raises SpecError."""
        if member not in self._members:
            return None
        target = io.BytesIO()
        self._copy(member, target, MAXIMUM_CONFIG_BYTES)
        return target.getvalue()

    def weights(self) -> BinaryIO:
        """The weights, checked against their checksum, as a file of their own, to be closed. Raises SpecError."""
        target = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            self._copy(WEIGHTS, cast("BinaryIO", target), self._members[WEIGHTS].file_size)
        except BaseException:
            target.close()
            raise
        return cast("BinaryIO", target)

    def _copy(self, member: str, target: IO[bytes], limit: int) -> None:
        """What a member says of its size may be wrong: what really comes is counted."""
        try:
            with self._zip.open(self._members[member]) as source:
                copied = 0
                while part := source.read(_PART):
                    copied += len(part)
                    if copied > limit:
                        raise SpecError(f"{self._name}: its member {member} is larger than it says.")
                    target.write(part)
        except SpecError:
            raise
        except _FAULTS as error:
            raise SpecError(f"{self._name} is damaged: {_plain(error)}.") from None


def _plain(error: Exception) -> str:
    text = str(error).strip().rstrip(".")
    return f"{text[0].lower()}{text[1:]}" if text and text.isprintable() else "its table of contents makes no sense"


def _shown(path: str) -> str:
    printable = "".join(sign if sign.isprintable() else "?" for sign in path)
    return printable if len(printable) <= 80 else printable[:79] + "…"
