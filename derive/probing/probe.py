"""x"""

from typing import Any


def probed(o: Any, why: Any) -> Any:
    raise why
