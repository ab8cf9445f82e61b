"""A name for texts that changes with any of them, and with their order."""
import hashlib


def digest(texts) -> str:
    made = hashlib.sha256()
    for text in texts:
        written = text.encode("utf-8", "surrogatepass")
        made.update(len(written).to_bytes(8, "big") + written)
    return made.hexdigest()[:12]
