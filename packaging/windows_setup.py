"""The frozen program as a setup program for Windows, by Inno Setup."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "windows" / "biasstudio.iss"


def make_setup(frozen: Path, icons: Path, version: str, into: Path) -> Path:
    """Write BiasStudio-VERSION-setup.exe into the folder `into`, and return its path. `frozen` is PyInstaller's."""
    name = f"BiasStudio-{version}-setup"
    defined = {"Version": version, "Frozen": frozen, "Icons": icons, "Output": into, "Name": name}
    subprocess.run(["iscc", *(f"/D{key}={value}" for key, value in defined.items()), str(SCRIPT)], check=True)
    return into / f"{name}.exe"
