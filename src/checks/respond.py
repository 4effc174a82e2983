"""The kernel's side of the oracle: answer one request to call a function.

It runs in the student's process, so nothing it says is believed: see `checks.wire.decode_outcome`.
"""

from collections.abc import Mapping
from typing import Any

from checks import calling, wire
from checks.outcome import Outcome

__all__ = ["respond"]


def respond(request: str, namespace: Mapping[str, Any]) -> str:
    """Call the function that the request names and write its outcome.

    Parameters
    ----------
    request : str
        Text made by `checks.wire.encode_request`.
    namespace : mapping
        Where the function is looked up, by name.

    Returns
    -------
    str
        Text for `checks.wire.decode_outcome`, at most ``wire.MAX_BYTES`` long.
    """
    name, args, kwargs, seconds, trial = wire.decode_request(request)
    function = namespace.get(name)
    if not callable(function):
        detail = "" if name not in namespace else type(function).__name__
        return wire.encode_outcome(Outcome("missing", detail=detail))
    try:
        return wire.encode_outcome(calling.call(function, args, kwargs, seconds, trial))
    except wire.WireError as error:
        return wire.encode_outcome(Outcome("unsupported", detail=str(error)))
