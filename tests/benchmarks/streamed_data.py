"""Training on more data than memory is given: the memory that it takes, and its speed. Each part in its own process.

The files are written into a folder of the temporary directory first: about 3 GB for the array.
"""

import multiprocessing
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from biasstudio.data_files.proposal import propose_data
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack

SAMPLES, VALUES = 750_000, 1000
IMAGES, SIDE = 20_000, 96


def write_array(folder: Path) -> Path:
    """float32 (750,000, 1,000) and its labels: 3 GB."""
    generator = np.random.default_rng(0)
    path = folder / "x.npy"
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (SAMPLES, VALUES)}
        np.lib.format.write_array_header_1_0(file, header)
        for _ in range(0, SAMPLES, 10_000):
            file.write(generator.normal(size=(10_000, VALUES)).astype("float32").tobytes())
    np.save(folder / "y.npy", generator.integers(0, 2, SAMPLES))
    return path


def write_images(folder: Path) -> Path:
    """20,000 JPEG files of 96 by 96 in two folders: 2.2 GB as float32."""
    generator = np.random.default_rng(0)
    for name in ("one", "other"):
        (folder / name).mkdir(parents=True)
    for number in range(IMAGES):
        low = generator.integers(0, 256, (12, 12, 3), dtype=np.uint8)
        image = Image.fromarray(low).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        image.save(folder / ("one", "other")[number % 2] / f"{number:05}.jpg")
    return folder


def memory(name: str) -> float:
    """MB of this process: VmRSS now, or VmHWM at its highest."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1000


def measure(path: Path, reports: "multiprocessing.Queue[dict[str, float]]") -> None:
    """Propose, build, and train one epoch."""
    started = time.perf_counter()
    data = propose_data(path)
    proposed = time.perf_counter()
    from biasstudio.engine.build import build_network
    from biasstudio.engine.train import recorder_of, train

    stack = Stack(data.type.sample_shape)
    if len(data.type.sample_shape) == 3:
        stack = stack.add("MaxPooling2D", pool_size=4).add("Flatten")
    stack = stack.add("Dense", units=8, activation="relu").add("Dense", units=1, activation="sigmoid")
    experiment = Experiment(stack, data, Training(epochs=1, batch_size=256))
    network = build_network(experiment)
    before, began = memory("VmRSS"), time.perf_counter()
    with recorder_of(network) as recorder:
        train(network, experiment.training, lambda: False, recorder)
        steps = recorder.last_step
    reports.put(
        {
            "seconds to propose": proposed - started,
            "MB before training": before,
            "MB at most": memory("VmHWM"),
            "seconds of an epoch": time.perf_counter() - began,
            "steps": steps,
        }
    )


def main() -> None:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for name, write in (("array of 3 GB", write_array), ("20,000 images", write_images)):
            place = Path(folder, name)
            place.mkdir()
            path, reports = write(place), context.Queue()
            process = context.Process(target=measure, args=(path, reports))
            process.start()
            report = reports.get()
            process.join()
            print(name, *(f"{what}: {value:,.1f}" for what, value in report.items()), sep="\n  ")


if __name__ == "__main__":
    main()
