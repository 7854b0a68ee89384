"""The rules, each in a module that bears its id, with a function of the same name. A new file is a new rule.

A rule takes a Case and gives its findings; what it doesn't know it doesn't judge. Its thresholds are keyword arguments.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from biasstudio.doctor.finding import Finding

Rule = Callable[..., Iterator[Finding]]


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, such as softmax-one-unit."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name.replace("_", "-"): getattr(module, name) for name, module in modules.items()}
