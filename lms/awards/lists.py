"""Reading a revocation list as it is served: only one that we signed says anything."""

import json
from functools import lru_cache

from certificates.keys import read_multikey
from certificates.proof import Verdict, verify
from certificates.status import StatusList


@lru_cache(maxsize=64)
def open_list(served: str, dids: tuple[str, ...], multikeys: tuple[str, ...]) -> tuple[str, StatusList]:
    """Return address and bits of a served list that one of these issuers signed; `ValueError` for any other.

    A list is checked once, however many certificates look at it: the same text and keys give the same answer.
    """
    keys = {f"{did}#{multikey}": read_multikey(multikey) for did in dids for multikey in multikeys}
    try:
        document_ = json.loads(served)
        bits = StatusList.decode(document_["credentialSubject"]["encodedList"])
        name = str(document_["id"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"the revocation list is damaged: {error}") from error
    if verify(document_, keys) is not Verdict.GENUINE:
        raise ValueError("the revocation list is not one that we signed")
    return name, bits
