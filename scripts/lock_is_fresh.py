"""Say whether the locked requirements fit what requirements.in and requirements-dev.in ask for.

Needs no network: it compares names and versions, it does not resolve.
"""

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)")
VIA = re.compile(r"^\s+#(?: via|  ) +-r (\S+\.in)$")


def wanted(source: Path) -> list[Requirement]:
    """Return the requirements that `source` lists, without comments and options."""
    lines = (line.split("#")[0].strip() for line in source.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def locked(lock: Path, source_name: str) -> tuple[dict[str, str], set[str]]:
    """Return name → version of everything in `lock`, and the names it holds because of `source_name`."""
    versions: dict[str, str] = {}
    direct: set[str] = set()
    name = ""
    for line in lock.read_text().splitlines():
        if found := PINNED.match(line):
            name = canonicalize_name(found[1])
            versions[name] = found[2]
        elif (via := VIA.match(line)) and via[1] == source_name:
            direct.add(name)
    return versions, direct


def complaints(source: Path, lock: Path) -> list[str]:
    """Return one sentence for each requirement that the lock misses, contradicts or holds for nothing."""
    versions, direct = locked(lock, source.name)
    told = []
    names = set()
    for requirement in wanted(source):
        name = canonicalize_name(requirement.name)
        names.add(name)
        if name not in versions:
            told.append(f"{lock.name} misses {requirement}")
        elif not requirement.specifier.contains(versions[name], prereleases=True):
            told.append(
                f"{lock.name} has {name} {versions[name]}, {source.name} asks {requirement}"
            )
    told += [f"{lock.name} holds {name}, {source.name} no longer does" for name in direct - names]
    return told


def main() -> int:
    """Compare both pairs; return 1 when `make lock` is due."""
    told = [
        *complaints(ROOT / "requirements.in", ROOT / "requirements.txt"),
        *complaints(ROOT / "requirements-dev.in", ROOT / "requirements-dev.txt"),
    ]
    production, _ = locked(ROOT / "requirements.txt", "requirements.in")
    development, _ = locked(ROOT / "requirements-dev.txt", "requirements-dev.in")
    told += [
        f"{name} is {production[name]} in requirements.txt and {development[name]} in requirements-dev.txt"
        for name in sorted(production.keys() & development.keys())
        if production[name] != development[name]
    ]
    for line in told:
        print(f"{line}: run make lock")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
