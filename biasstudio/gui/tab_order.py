"""The order of the Tab key: what was made later comes where it stands, not after all others."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def tab_stops(widget: QWidget) -> list[QWidget]:
    """The widget and all in it that the Tab key stops at, as they are laid out, whenever they were made."""
    # A list or a menu that opens is a window, with an order of its own.
    return [each for each in _in_order(widget) if _is_tab_stop(each) and each.window() is widget.window()]


def order_tabs(stops: Sequence[QWidget]) -> None:
    """Have the Tab key go from the first of these, which stays where it is, to the others in turn."""
    for before, after in pairwise(each for stop in stops for each in _with_holder(stop)):
        QWidget.setTabOrder(before, after)


def put_before(place: QWidget, stops: Sequence[QWidget]) -> None:
    """Have the Tab key come to these, in turn, right before `place`."""
    here = [stop for stop in stops if stop.window() is place.window()]
    before = place.previousInFocusChain()
    while before is not None and before is not place and (before in here or not _is_tab_stop(before)):
        before = before.previousInFocusChain()
    if before is not None and before is not place:
        order_tabs([before, *here])


def _with_holder(stop: QWidget) -> tuple[QWidget, ...]:
    """A holder that gives its focus to the stop comes before it: else Qt goes back to the stop when it meets it."""
    holder = stop.parentWidget()
    return (holder, stop) if holder is not None and holder.focusProxy() is stop else (stop,)


def _is_tab_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    layout = widget.layout()
    inner = widget.widget() if isinstance(widget, QScrollArea) else None
    if inner is not None:
        yield from _in_order(inner)
    elif layout is None:
        yield from widget.findChildren(QWidget)
    else:
        yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for index in range(layout.count()):
        item = layout.itemAt(index)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield from _in_order(widget)
        elif inner is not None:
            yield from _laid_out(inner)
