"""The page size of a run's database, which SQLite's own doesn't suit."""

_PAGE_SIZES = (1024, 2048, 4096, 8192, 16384, 32768, 65536)


def page_size_for(row_bytes: int) -> int:
    """The page size, a power of two, that wastes little: the smallest within a twentieth of the best.

    A row that doesn't fit a page goes on in pages of its own; how much of it stays is SQLite's rule (Database File
    Format, 1.6), and what is left free beside it is lost.
    """
    costs = {size: _bytes_on_disk(row_bytes + 12, size) for size in _PAGE_SIZES}
    best = min(costs.values())
    return next(size for size in _PAGE_SIZES if costs[size] <= 1.05 * best)


def _bytes_on_disk(payload: int, page: int) -> float:
    local, overflow = payload, 0
    if payload > page - 35:
        least = (page - 12) * 32 // 255 - 23
        local = least + (payload - least) % (page - 4)
        local = local if local <= page - 35 else least
        overflow = -(-(payload - local) // (page - 4))
    return page / max(1, (page - 8) // (local + 8)) + overflow * page
