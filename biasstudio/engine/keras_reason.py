"""What Keras says is wrong, as one sentence."""

import re

_NOISE = ("Exception encountered", "Arguments received", "•")


def keras_reason(error: Exception) -> str:
    """The sentence of a Keras error that says what is wrong, without the call's whereabouts."""
    # What a layer's constructor says stands at the end of "could not be deserialized … Exception encountered: …".
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).rpartition("Exception encountered: ")[2]
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    wanted = [line for line in paragraphs if not line.startswith(_NOISE)]
    return (wanted or [type(error).__name__])[0]
