"""Can Qt open a window here? Asked before Qt is, since Qt ends the process where it can't."""

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

_WHAT_WORKS = (
    "“biasstudio self-test” works without a display, and so does the window on a virtual one: “xvfb-run biasstudio”."
)


def why_no_window() -> str | None:
    """One sentence that says why no window can be opened, or None. Any thread may call, before a QApplication."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if not sys.platform.startswith("linux") or platform not in ("", "xcb", "wayland"):
        return missing_library_of_qt()
    if platform != "xcb" and _wayland_answers():
        return missing_library_of_qt()
    if not os.environ.get("DISPLAY"):
        return f"There is no display to open a window on (DISPLAY is not set). {_WHAT_WORKS}"
    return missing_library_of_qt() or _missing_library_of_plugin() or _why_x_refuses()


def missing_library_of_qt() -> str | None:
    """One sentence that names a system library without which Qt can't be loaded, or None."""
    try:
        import PySide6.QtWidgets  # noqa: F401 - whether it can be loaded is the question
    except ImportError as error:
        return _missing(error)
    return None


def _missing_library_of_plugin() -> str | None:
    package = importlib.util.find_spec("PySide6")
    if package is None or package.origin is None:
        return None
    plugin = Path(package.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        if plugin.exists():
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return _missing(error)
    return None


def _missing(error: Exception) -> str:
    library = str(error).partition(":")[0]
    return (
        f"Qt needs the system library {library}, which is not installed ({error}). Install it with your system's "
        "package manager and start again."
    )


def _wayland_answers() -> bool:
    name, folder = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and (Path(folder) / str(name)).is_socket()


def _why_x_refuses() -> str | None:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return _missing(error)
    xcb.xcb_connect.restype = ctypes.c_void_p
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if refused:
        return f"The display {os.environ['DISPLAY']!r} does not answer. {_WHAT_WORKS}"
    return None
