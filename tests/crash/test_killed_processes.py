"""The real processes, gunicorn and huey's worker, are killed from outside in the middle of their work."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
import requests

from tests.browser import live_shop
from tests.orders.shopping import BUYER

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PATIENCE = 60


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shared = Path(os.environ["SHOP_TESTS_SHARED"])
    running = live_shop.start(tmp_path_factory.mktemp("killed"), shared)
    yield running
    running.stop()


@pytest.fixture
def buyer():
    with requests.Session() as browser:
        browser.trust_env = False
        browser.headers.update(SAME_ORIGIN)
        yield browser


def kill_all_of_it(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for gunicorn's master and its workers: nobody can clean up."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in [process.pid, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    process.wait(5)


def fill_cart(shop, buyer: requests.Session, email: str) -> str:
    """Put a pack into the cart; the total that the checkout page shows."""
    buyer.post(f"{shop.url}/cart/add/", {"sku": "B12-12", "quantity": 1}, timeout=PATIENCE)
    page = press_pay(shop, buyer, email, "").text
    return re.search(r'name="shown_total" value="(\d+)"', page)[1]


def press_pay(shop, buyer: requests.Session, email: str, total: str) -> requests.Response:
    form = {**BUYER, "email": email, "action": "order", "shown_total": total}
    return buyer.post(f"{shop.url}/checkout/", form, allow_redirects=False, timeout=PATIENCE)


def press_until_it_opens(shop, buyer: requests.Session, email: str, total: str) -> str:
    """The payment page's address. Stripe may still be busy with the first question (409): press again."""
    deadline = time.monotonic() + PATIENCE
    while (page := press_pay(shop, buyer, email, total).headers["Location"]).startswith("/"):
        assert time.monotonic() < deadline, page
        time.sleep(0.2)
    return page


def wait_for(what, *arguments) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what(*arguments):
        assert time.monotonic() < deadline, arguments
        time.sleep(0.05)


def payments_of(shop, email: str) -> list[tuple[str, int, int]]:
    sql = (
        "select o.status, o.total_cents, p.amount_cents from orders_order o"
        " left join orders_payment p on p.order_id = o.id where o.email = ?"
    )
    return shop.rows(sql, email)


def pages_of(shop) -> dict[str, str]:
    """Stripe's payment pages: {session: status}."""
    objects = shop.sandbox.state()["objects"]
    return {one["id"]: one["status"] for one in objects if one["object"] == "checkout.session"}


# --- the web server ----------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers in /proc")
def test_a_server_killed_while_it_asks_stripe_leaves_an_order_that_is_paid_once(shop, buyer):
    email = "web@example.com"
    total = fill_cart(shop, buyer, email)
    earlier = pages_of(shop)
    shop.sandbox.control(
        "faults", kind="delay", seconds=3, method="POST", path="/v1/checkout/sessions"
    )

    def press_and_lose_the_line():
        with pytest.raises(requests.RequestException):
            press_pay(shop, buyer, email, total)

    pressing = Thread(target=press_and_lose_the_line)
    pressing.start()
    wait_for(shop.rows, "select 1 from orders_paymentattempt where status = 'created'")
    kill_all_of_it(shop.process)
    pressing.join(PATIENCE)
    assert payments_of(shop, email) == [("pending", int(total), None)]

    shop.serve()
    shop.run("reconcile")
    back = shop.sandbox.pay(press_until_it_opens(shop, buyer, email, total)).location
    assert buyer.get(back, timeout=PATIENCE).status_code == 200

    assert payments_of(shop, email) == [("paid", int(total), int(total))]
    made = {session: status for session, status in pages_of(shop).items() if session not in earlier}
    assert list(made.values()) == ["complete"]


# --- the worker --------------------------------------------------------------------------------------


def start_worker(shop) -> subprocess.Popen[bytes]:
    with (shop.folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "run_huey", "--quiet"],
            cwd=live_shop.REPOSITORY,
            env=shop.environment,
            stdout=log,
            stderr=log,
        )


def nudge(shop) -> None:
    """Have the periodic task run at once, instead of at the next even minute."""
    shop.run("shell", "-c", "from shop import schedule; schedule.settle_payments()")


def locks(shop) -> list[str]:
    """Of the task that was nudged; others that run every minute come and go beside it."""
    with sqlite3.connect(f"file:{shop.folder / 'queue.sqlite3'}?mode=ro", uri=True) as queue:
        rows = queue.execute("select key from kv where key like '%lock%payments'").fetchall()
    return [key for (key,) in rows]


def test_a_worker_killed_in_mid_task_leaves_nothing_undone_and_no_lock_behind(shop, buyer):
    """It holds the task's lock while Stripe makes it wait; its successor must not wait for a dead one."""
    email = "worker@example.com"
    total = fill_cart(shop, buyer, email)
    shop.sandbox.lose_next_deliveries(1_000)
    shop.sandbox.pay(press_pay(shop, buyer, email, total).headers["Location"])
    with sqlite3.connect(shop.folder / "shop.sqlite3", timeout=PATIENCE) as database:
        database.execute("update orders_paymentattempt set created_at = datetime('now', '-1 hour')")
    shop.sandbox.control(
        "faults", kind="delay", seconds=5, method="GET", path="/v1/checkout/sessions/"
    )
    nudge(shop)
    worker = start_worker(shop)
    wait_for(locks, shop)
    worker.kill()
    worker.wait(PATIENCE)
    assert payments_of(shop, email) == [("pending", int(total), None)]
    assert len(locks(shop)) == 1, "of the dead one: this is what its successor has to forget"

    nudge(shop)
    worker = start_worker(shop)
    try:
        wait_for(lambda: payments_of(shop, email)[0][0] == "paid")
    finally:
        worker.kill()
        worker.wait(PATIENCE)
    assert payments_of(shop, email) == [("paid", int(total), int(total))]
