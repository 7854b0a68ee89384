"""Where the shipped files are: the one place that knows, in a checkout, an installed wheel and a frozen build."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """Path of the shipped file or folder `name`, such as "data/mnist_5k.npz".

    Raises FileNotFoundError, naming the places looked at, where the installation is incomplete.
    """
    # A wheel and a frozen build carry resources/ inside the package; a checkout has it beside the package.
    candidates = [_PACKAGE / "resources" / name, _PACKAGE.parent / "resources" / name]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    looked_at = " or ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"The shipped file {name!r} is missing: expected it at {looked_at}.")
