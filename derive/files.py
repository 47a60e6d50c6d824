"""Files of the user: read with a clear error, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from derive.errors import FileError

MAX_BYTES = 200_000_000


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; a `FileError` for one that is missing, unreadable, empty, binary or huge."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError(f"{path} has more than {MAX_BYTES // 1_000_000} MB; is it the right file?")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(f"cannot read {path}: {_reason(error)}") from None
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not a text file: byte {error.start + 1:,} is not UTF-8") from None
    if not text.strip():
        raise FileError(f"{path} is empty")
    return text


def write_text(path: Path, text: str) -> None:
    """Replace the file in one step: whoever looks sees the old text or the new one, never a part of it."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """The same for what is not text."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(content)  # a device or a pipe has nothing to replace
        else:
            _replace(path.resolve(), content)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileError(f"cannot write {path}: {_reason(error)}") from None


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o7777 if path.is_file() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    """The umask of this process; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
