"""What is in a group of an HDF5 file: its links, in the header itself or in a tree with its heap of names."""

import struct
from collections.abc import Iterator

from biasstudio.model_files.hdf5_blocks import NOWHERE, Blocks, shortened
from biasstudio.model_files.hdf5_headers import LINK, LINK_INFO, SYMBOL_TABLE, Header


def links(blocks: Blocks, header: Header) -> Iterator[tuple[str, int]]:
    """The names in a group, each with the address of its object's header. Raises SpecError."""
    table, info = header.first(SYMBOL_TABLE), header.first(LINK_INFO)
    if table is not None:
        tree, heap = struct.unpack_from("<QQ", table)
        yield from _links_of_tree(blocks, tree, _heap(blocks, heap))
    if info is not None:
        # Links that are not in the header itself lie in a heap of their own.
        start = 2 + (8 if info[1] & 1 else 0)
        if struct.unpack_from("<Q", info, start)[0] != NOWHERE:
            raise blocks.refused("has a group in HDF5's newer layout")
    for kind, body in header.messages:
        if kind == LINK:
            yield _link(blocks, body)


def _heap(blocks: Blocks, address: int) -> bytes:
    signature, size, start = struct.unpack("<4s4xQ8xQ", blocks.read(address, 32))
    if signature != b"HEAP":
        raise blocks.damaged()
    return blocks.read(start, size)


def _links_of_tree(blocks: Blocks, address: int, names: bytes) -> Iterator[tuple[str, int]]:
    seen, waiting = set(), [address]
    while waiting:
        here = waiting.pop()
        if here in seen:
            raise blocks.damaged("its list of names runs in a circle")
        seen.add(here)
        if blocks.read(here, 4) == b"SNOD":
            yield from _links_of_node(blocks, here, names)
            continue
        signature, kind, _level, used = struct.unpack("<4sBBH", blocks.read(here, 8))
        if signature != b"TREE" or kind != 0:
            raise blocks.damaged()
        entries = blocks.read(here + 24, 16 * used)
        waiting += [struct.unpack_from("<Q", entries, 16 * index + 8)[0] for index in range(used)][::-1]


def _links_of_node(blocks: Blocks, address: int, names: bytes) -> Iterator[tuple[str, int]]:
    (count,) = struct.unpack("<6xH", blocks.read(address, 8))
    entries = blocks.read(address + 8, 40 * count)
    for index in range(count):
        start, child, cached = struct.unpack_from("<QQI", entries, 40 * index)
        name = _text_at(names, start)
        if cached == 2:
            raise blocks.refused(f"holds a link, “{shortened(name)}”, to another place")
        yield name, child


def _link(blocks: Blocks, body: bytes) -> tuple[str, int]:
    version, flags = struct.unpack_from("<BB", body)
    if version != 1:
        raise blocks.damaged()
    place = 2
    kind = body[place] if flags & 8 else 0
    place += (1 if flags & 8 else 0) + (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    width = 1 << (flags & 3)
    length = int.from_bytes(body[place : place + width], "little")
    name = body[place + width : place + width + length].decode("utf-8")
    place += width + length
    if kind == 0:
        return name, int(struct.unpack_from("<Q", body, place)[0])
    if kind == 64:
        target = _text_at(body, place + 3)
        raise blocks.refused(f"holds a link, “{shortened(name)}”, to another file, “{shortened(target)}”")
    raise blocks.refused(f"holds a link, “{shortened(name)}”, to another place")


def _text_at(block: bytes, start: int) -> str:
    end = block.index(b"\0", start)
    return block[start:end].decode("utf-8", "replace")
