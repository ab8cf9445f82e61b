"""The `secondpass` command of this workspace, by its path: npx would find it inside the workspace alone."""
import shlex

from data import HERE

FILE = HERE.parents[1] / "cli" / "bin" / "secondpass.js"


def command(*options) -> list[str]:
    return ["node", str(FILE), *map(str, options)]


def written(options) -> str:
    """As one types it."""
    return shlex.join(options)
