"""A folder that one process at a time works in. The lock goes with the process, however it ends."""
import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks, and does without
    fcntl = None


def alone_in(folder: Path):
    """To be closed, or kept open until the process ends."""
    file = open(folder / "lock", "a+")
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise SystemExit(f"Process {file.read().strip()} is at work in {folder}. Wait until it has ended, end it, or name another folder.") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
