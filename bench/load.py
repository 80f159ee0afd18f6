"""Send requests for a while: with wrk where it is installed, else with threads of our own."""

import http.client
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """What came back: answers in all, those that were not 2xx or failed, and the seconds it took."""

    answers: int
    bad: int
    seconds: float


def send(url: str, *, seconds: float, connections: int, headers: dict[str, str]) -> Load:
    """Ask for `url` as fast as it answers over `connections` kept connections."""
    if shutil.which("wrk"):
        return _with_wrk(url, seconds, connections, headers)
    return _with_threads(url, seconds, connections, headers)


def _with_wrk(url: str, seconds: float, connections: int, headers: dict[str, str]) -> Load:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    told = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    total = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m),", told)
    if total is None:
        msg = f"wrk said something new: {told}"
        raise RuntimeError(msg)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = sum(int(one) for one in re.findall(r"(?:connect|read|write|timeout) (\d+)", told))
    scale = {"ms": 0.001, "s": 1, "m": 60}[total[3]]
    return Load(int(total[1]), (int(wrong[1]) if wrong else 0) + broken, float(total[2]) * scale)


def _with_threads(url: str, seconds: float, connections: int, headers: dict[str, str]) -> Load:
    parts = urlsplit(url)
    end = time.monotonic() + seconds
    counts = [[0, 0] for _ in range(connections)]

    def ask(count: list[int]) -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        while time.monotonic() < end:
            connection.request("GET", parts.path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            count[0] += 1
            count[1] += answer.status >= 300

    threads = [threading.Thread(target=ask, args=(count,)) for count in counts]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - began
    return Load(sum(count[0] for count in counts), sum(count[1] for count in counts), spent)
