"""Arrays in an NPZ or NPY file: what there is, and the rows of one of them. Nothing is unpickled, nothing extracted."""

import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from biasstudio.data_files.npy import ArrayHeader, fits_in_memory, read_header, rows_in_file
from biasstudio.data_files.opening import Cancelled, go_on, opened, size_of, title_of
from biasstudio.data_files.rows import BYTES_AT_ONCE, SampleRows, scratch_file
from biasstudio.spec.arguments import SpecError

MAXIMUM_SAMPLE_VALUES = 50_000_000
_MAXIMUM_MEMBERS = 10_000
_LARGEST_TABLE_OF_CONTENTS = 4_000_000
# Deflate can't make more of less.
_LARGEST_EXPANSION = 1100
_LOCAL_HEADER_BYTES = 30
# What zipfile raises for archives that are damaged, encrypted, or packed in a way that it doesn't know.
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class StoredArray:
    """One array of a file. `fault` says in a sentence why it can't be read; the header is None then."""

    name: str
    header: ArrayHeader | None
    fault: SpecError | None = None


def arrays_in(path: Path) -> tuple[StoredArray, ...]:
    """The arrays of an NPZ file; of an NPY file the one, named as the file. Raises SpecError."""
    with opened(path) as file:
        if path.suffix.lower() != ".npz":
            return (_stored(path.stem, path.name, file, size_of(file)),)
        with _archive(file, path) as archive:
            arrays = []
            for title, member in _members(archive, path).items():
                with archive.open(member) as content:
                    name = f"{path.name}: the array {title}"
                    arrays.append(_stored(title, name, cast("BinaryIO", content), member.file_size))
            return tuple(arrays)


def rows_of_array(path: Path, array: str, cancelled: Cancelled) -> SampleRows:
    """All rows of one array of an NPZ file, or of the one in an NPY file. Raises SpecError."""
    with opened(path) as file:
        if path.suffix.lower() != ".npz":
            header = _checked_header(file, path.name, size_of(file))
            return rows_in_file(file, 0, header, path.name, cancelled)
        with _archive(file, path) as archive:
            members = _members(archive, path)
            if array not in members:
                raise SpecError(f"{path.name} has no array “{array}”; it has {', '.join(members) or 'none'}.")
            return _rows_of_member(archive, members[array], file, f"{path.name}: the array {array}", cancelled)


def _stored(title: str, name: str, content: BinaryIO, size: int) -> StoredArray:
    try:
        return StoredArray(title, _checked_header(content, name, size))
    except SpecError as fault:
        return StoredArray(title, None, fault)


def _checked_header(content: BinaryIO, name: str, size: int) -> ArrayHeader:
    header = read_header(content, name)
    if not header.shape or not math.prod(header.shape):
        what = "has no values" if header.shape else "is a single number"
        raise SpecError(f"{name} {what}: expected a row for each sample.", argument="path")
    values = math.prod(header.shape[1:])
    if values > MAXIMUM_SAMPLE_VALUES:
        raise SpecError(
            f"{name} has {values:,} values for each sample; up to {MAXIMUM_SAMPLE_VALUES:,} are read.", argument="path"
        )
    if header.offset + header.value_bytes > size:
        raise SpecError(
            f"{name} claims {header.value_bytes:,} bytes of values, but {max(0, size - header.offset):,} are there: it "
            "was cut off, or is damaged.",
            argument="path",
        )
    return header


@contextmanager
def _archive(file: BinaryIO, path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip that an NPZ file is. What goes wrong while it is read becomes a SpecError."""
    try:
        _check_table_of_contents(file, path)
        with zipfile.ZipFile(file) as archive:
            yield archive
    except _FAULTS as error:
        # A SpecError is a ValueError, and has said it already.
        if isinstance(error, SpecError):
            raise
        reason = str(error).strip().rstrip(".")
        shown = reason if reason.isprintable() and reason else "it makes no sense"
        raise SpecError(f"{path.name} is damaged, or not an NPZ file: {shown}.", argument="path") from None


def _check_table_of_contents(file: BinaryIO, path: Path) -> None:
    """zipfile reads it at once, and makes an object of each entry."""
    size = size_of(file)
    tail_bytes = min(size, 65_557)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    place = tail.rfind(b"PK\x05\x06")
    if place >= 0 and int.from_bytes(tail[place + 12 : place + 16], "little") > _LARGEST_TABLE_OF_CONTENTS:
        raise SpecError(f"{path.name} has more members than arrays can have.", argument="path")
    file.seek(0)


def _members(archive: zipfile.ZipFile, path: Path) -> Mapping[str, zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > _MAXIMUM_MEMBERS:
        raise SpecError(f"{path.name} has {len(entries):,} members; up to {_MAXIMUM_MEMBERS:,} are read.")
    members = {}
    for entry in entries:
        if not entry.filename.endswith(".npy"):
            continue
        title = title_of(entry.filename.removesuffix(".npy"))
        reason = _fault(entry) or ("is there twice" if title in members else "")
        if reason:
            raise SpecError(f"{path.name}: its member “{title}” {reason}.", argument="path")
        members[title] = entry
    return members


def _fault(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & 1:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in a way that NumPy doesn't use"
    most = entry.compress_size * _LARGEST_EXPANSION if entry.compress_type else entry.compress_size
    if entry.file_size > most:
        return f"claims {entry.file_size:,} bytes, but only {entry.compress_size:,} are there"
    return ""


def _rows_of_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: BinaryIO, name: str, cancelled: Cancelled
) -> SampleRows:
    with archive.open(member) as content:
        header = _checked_header(cast("BinaryIO", content), name, member.file_size)
    small = fits_in_memory(header.shape)
    if not small and member.compress_type == zipfile.ZIP_STORED:
        return rows_in_file(file, _start_of(member, file, name), header, name, cancelled)
    target = scratch_file(member.file_size, name)
    with target:
        with archive.open(member) as content:
            # To the end, where zipfile compares the checksum.
            while part := content.read(BYTES_AT_ONCE):
                go_on(cancelled)
                target.write(part)
        return rows_in_file(target, 0, header, name, cancelled)


def _start_of(member: zipfile.ZipInfo, file: BinaryIO, name: str) -> int:
    """The byte at which a member that is not compressed begins."""
    file.seek(member.header_offset)
    local = file.read(_LOCAL_HEADER_BYTES)
    lengths = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    start = member.header_offset + _LOCAL_HEADER_BYTES + lengths
    if len(local) < _LOCAL_HEADER_BYTES or start + member.file_size > size_of(file):
        raise SpecError(f"{name} is damaged.", argument="path")
    return start
