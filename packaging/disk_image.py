"""The frozen program as a disk image for macOS: the application, and a link to where applications are kept."""

import shutil
import subprocess
import tempfile
from pathlib import Path


def make_image(application: Path, version: str, into: Path) -> Path:
    """Write BiasStudio-VERSION.dmg into the folder `into`, and return its path."""
    image = into / f"BiasStudio-{version}.dmg"
    with tempfile.TemporaryDirectory() as folder:
        contents = Path(folder)
        shutil.copytree(application, contents / application.name, symlinks=True)
        (contents / "Applications").symlink_to("/Applications")
        options = ["-volname", "Bias Studio", "-srcfolder", str(contents), "-format", "ULMO", "-ov", str(image)]
        subprocess.run(["hdiutil", "create", *options], check=True)
    return image
