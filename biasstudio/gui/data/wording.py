"""What was found in a person's data, in words."""

from collections.abc import Mapping
from typing import Any

from biasstudio.data_files.preview import ImagesPreview, TablePreview
from biasstudio.spec.data_sets import DataSet

_MOST_NAMED = 4


def found_in_words(data: DataSet, preview: object = None) -> str:
    """Such as: 569 samples, 30 inputs, 2 classes: benign 357, malignant 212."""
    kind = data.type
    samples = data.found.samples if data.found is not None else sum(kind.counts)
    parts = [f"{samples:,} samples"] if samples else []
    parts.append(_inputs(kind.sample_shape))
    parts.append(_classes(kind.class_names, kind.counts) if kind.classes else _numbers(data))
    if isinstance(preview, TablePreview) and data.found is not None and preview.row_count > samples:
        parts[0] += f" of {preview.row_count:,} rows"
    if isinstance(preview, ImagesPreview) and preview.left_out:
        parts.append(f"{preview.left_out:,} files that are no images left out")
    return ", ".join(parts)


def short_summary(data: DataSet) -> str:
    """Such as: 3 classes · 150 samples."""
    count = data.type.classes
    task = f"{count:,} {'class' if count == 1 else 'classes'}" if count else "numbers"
    return f"{task} · {data.found.samples:,} samples" if data.found is not None else task


def facts_of(data: DataSet) -> str:
    """A line for each thing worth knowing, for a tooltip."""
    lines = [str(data.get("path")), found_in_words(data)]
    given: Mapping[str, Any] = dict(data.parameters)
    lines += [f"{name}: {given[name]}" for name in ("target", "task", "missing", "scaling") if name in given]
    return "\n".join(lines)


def _inputs(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return "1 input" if shape == (1,) else f"{shape[0]:,} inputs"
    return f"each {' × '.join(map(str, shape))}"


def _classes(names: tuple[str, ...], counts: tuple[int, ...]) -> str:
    count = f"{len(names):,} {'class' if len(names) == 1 else 'classes'}"
    if not counts or len(names) > _MOST_NAMED:
        return count
    return f"{count}: " + ", ".join(f"{name} {number:,}" for name, number in zip(names, counts, strict=True))


def _numbers(data: DataSet) -> str:
    low, high = data.type.target_range
    sides = " × ".join(map(str, data.type.target_shape))
    what = f"targets of {sides} numbers" if sides else "the target"
    return f"{what} from {low:g} to {high:g}"
