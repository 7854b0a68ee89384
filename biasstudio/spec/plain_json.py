"""JSON from anywhere: parsed with a bound on its depth, and without what is no number."""

import json
from collections.abc import Iterable
from typing import Any

from biasstudio.spec.arguments import SpecError


def parse_json(text: str | bytes, subject: str, maximum_depth: int) -> Any:
    """The document in `text`. `subject` starts the sentences, such as "The experiment". Raises SpecError."""

    def refuse(constant: str) -> None:
        raise SpecError(f"{subject} holds {constant}, which is not a number.")

    try:
        document = json.loads(text, parse_constant=refuse)
        level = [document]
        for _ in range(maximum_depth):
            level = [child for node in level for child in _children(node)]
        if level:
            raise RecursionError
        return document
    except RecursionError:
        raise SpecError(f"{subject} is nested too deeply to be one.") from None
    except SpecError:
        raise
    except ValueError as error:
        raise SpecError(f"The file is damaged or not JSON: {error}.") from None


def _children(node: Any) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
