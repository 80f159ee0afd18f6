"""CPU time of process trees, read from Linux's /proc."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def of_tree(root: int) -> float:
    """Return the CPU seconds of process `root`, its living descendants and those it has reaped."""
    children: dict[int, list[int]] = {}
    spent: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(entry)):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            spent[int(entry.name)] = sum(int(field) for field in fields[11:15])
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        total += spent.get(pid, 0)
        waiting += children.get(pid, [])
    return total / TICK


def of_postgres(database: str) -> float:
    """Return the CPU seconds of the PostgreSQL processes that serve connections to `database`."""
    total = 0
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # A backend calls itself "postgres: user database address state".
            title = (entry / "cmdline").read_text().split()
        except OSError:
            continue
        if title[:1] == ["postgres:"] and database in title and (fields := _fields(entry)):
            total += sum(int(field) for field in fields[11:13])
    return total / TICK


def of_machine() -> float:
    """Return the seconds that all cores together were busy since the machine started."""
    fields = [int(field) for field in (PROC / "stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def of_ourselves() -> float:
    """Return the CPU seconds of this program and of what it started and waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _fields(entry: Path) -> list[str]:
    """Return a process's stat fields from the state on; empty when it has just ended."""
    try:
        return (entry / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
