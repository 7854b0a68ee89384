"""A run's facts in words: when it was begun, its state, its figures."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from biasstudio.gui.panels import figures
from biasstudio.recording.run_summary import RunSummary

INTERRUPTED = "interrupted"
"""Said of a run whose writer died; its file still says recording."""
UNREADABLE = "unreadable"
"""Said of a file that isn't a whole run; its note then says what is wrong."""
RECORDING = "recording"

STATES = {
    RECORDING: "It is being recorded now.",
    "finished": "It was trained to the end.",
    "stopped": "It was stopped by hand.",
    "failed": "It ended early: values stopped being finite, or there was an error.",
    INTERRUPTED: "Its recording broke off, as by a crash. All but the last second is there.",
    UNREADABLE: "This file can't be read.",
}
# Not from the system's language: the interface is in English throughout.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = ("B", "kB", "MB", "GB")


def when(created: datetime, now: datetime | None = None) -> str:
    """A moment in local time, as short as it can be understood: today 14:05, 3 Nov 14:05, 3 Nov 2024."""
    local = created.astimezone()
    present = (now or datetime.now(UTC)).astimezone()
    clock = f"{local:%H:%M}"
    if local.date() == present.date():
        return f"today {clock}"
    if local.date() == (present - timedelta(days=1)).date():
        return f"yesterday {clock}"
    day = f"{local.day} {_MONTHS[local.month - 1]}"
    return f"{day} {clock}" if local.year == present.year else f"{day} {local.year}"


def figures_of(run: RunSummary) -> str:
    """Steps, loss and the most telling metric, as far as they are known."""
    parts = [figures.counted(run.steps, "step")] if run.steps else ["no steps"]
    parts += [f"{_readable(name)} {_figure(value)}" for name, value in _telling(run.metrics).items()]
    return " · ".join(parts)


def _telling(metrics: Mapping[str, float]) -> dict[str, float]:
    """The loss, and the best judge beside it: a metric on the validation data, a metric, or the validation loss."""
    others = [name for name in metrics if name not in ("loss", "val_loss")]
    judges = [name for name in others if name.startswith("val_")] or others
    judges = judges or [name for name in metrics if name == "val_loss"]
    chosen = [name for name in ("loss",) if name in metrics] + judges[:1]
    return {name: metrics[name] for name in chosen}


def _readable(name: str) -> str:
    return name.replace("_", " ")


def _figure(value: float, digits: int = 3) -> str:
    return "NaN" if math.isnan(value) else figures.brief(value, digits)


def size(count: int) -> str:
    """Bytes as 331 kB, 1.2 GB."""
    amount, unit = float(count), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 0 if unit == 0 or amount >= 9.95 else 1
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def duration(seconds: float) -> str:
    """Seconds as 12 s, 3:05 min, 1:02 h."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60}:{whole % 60:02d} min" if whole < 3600 else f"{whole // 3600}:{whole % 3600 // 60:02d} h"


def everything(run: RunSummary) -> str:
    """All that is known of a run, a line for each fact, for a tooltip and for who can't see the row."""
    lines = [run.name, STATES.get(run.state, run.state), f"{when(run.created)} · {run.title}".removesuffix(" · ")]
    if run.state == UNREADABLE:
        lines += [run.note]
    else:
        epochs = f" in {figures.counted(run.epochs, 'epoch')}" if run.epochs else ""
        lines += [f"{figures.counted(run.steps, 'step')}{epochs}, {duration(run.seconds)}"]
        lines += [f"{_readable(name)} {_figure(value, 4)}" for name, value in run.metrics.items()]
        lines += [run.note] if run.note else []
    return "\n".join([*lines, f"{run.path.name}, {size(run.bytes)}"])
