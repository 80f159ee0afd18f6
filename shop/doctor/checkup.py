"""The checks themselves. Each is pure: it reads a Situation and says what it found."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from shop.doctor.findings import Finding, Level, advised, required
from shop.doctor.situation import Situation
from shop.lib import stripe_keys

WORKER_SILENCE = timedelta(minutes=3)
CLOCK_TOLERANCE = timedelta(seconds=30)
SECRET_LENGTH = 50


def diagnose(situation: Situation) -> list[Finding]:
    """Return what every check has to say about `situation`, in the order of the table below."""
    return [finding for check in CHECKS for finding in check(situation)]


def kind_of_shop(at: Situation) -> Iterator[Finding]:
    """A real shop shows no code and invents no customers."""
    yield required(
        "DEBUG",
        ok=not at.debug,
        good="off",
        bad="on",
        advice="Set DEBUG=False: it shows the shop's code and settings to strangers.",
    )
    yield required(
        "DEMO",
        ok=not at.demo,
        good="off",
        bad="on",
        advice="Set DEMO=False and start with an empty database.",
    )
    yield required(
        "SECRET_KEY",
        ok=len(at.secret_key) >= SECRET_LENGTH,
        good="long enough",
        bad="too short",
        advice="Use 50 random characters or more, for example from: openssl rand -base64 48",
    )


def address(at: Situation) -> Iterator[Finding]:
    """Where the shop is reached."""
    yield required(
        "SITE_URL",
        ok=at.site_url.startswith("https://"),
        good=at.site_url,
        bad=f"{at.site_url} is not https",
        advice="Set SITE_URL to the public https address; links in mails are made from it.",
    )
    yield required(
        "ALLOWED_HOSTS",
        ok=at.allowed_hosts and "*" not in at.allowed_hosts,
        good=", ".join(at.allowed_hosts),
        bad="takes any host name" if at.allowed_hosts else "is empty",
        advice="List the shop's own host names.",
    )


def stripe(at: Situation) -> Iterator[Finding]:
    """Whether real cards are charged, and whether Stripe's messages are believed."""
    yield required(
        "Stripe key",
        ok=stripe_keys.is_live(at.stripe_key),
        good="a live key",
        bad="a test key" if at.stripe_key else "not set",
        advice="Set STRIPE_SECRET_KEY to a live key (rk_live_… is enough).",
    )
    yield required(
        "Stripe's address",
        ok=not at.stripe_api_base,
        good="Stripe itself",
        bad=f"a stand-in at {at.stripe_api_base}",
        advice="Unset STRIPE_API_BASE.",
    )
    yield required(
        "Webhook secret",
        ok=at.webhook_secrets and all(one.startswith("whsec_") for one in at.webhook_secrets),
        good=f"{len(at.webhook_secrets)} set",
        bad="does not begin with whsec_" if at.webhook_secrets else "not set",
        advice="Create an endpoint for /webhooks/stripe/ at Stripe; set STRIPE_WEBHOOK_SECRET.",
    )
    if at.rows:
        yield advised(
            "Webhook",
            ok=not at.rows.missed_events,
            good="nothing of the last day had to be fetched",
            bad=f"{at.rows.missed_events} events of the last day had to be fetched",
            advice="They are handled. At Stripe, see why they were not delivered: address or secret?",
        )


def clock(at: Situation) -> Iterator[Finding]:
    """Stripe's signatures are good for five minutes, by our clock."""
    if at.clock_skew is None:
        yield Finding(Level.WARNING, "Clock", "not compared: Stripe did not answer", "Try again.")
        return
    yield advised(
        "Clock",
        ok=abs(at.clock_skew) <= CLOCK_TOLERANCE,
        good="agrees with Stripe's",
        bad=f"{at.clock_skew.total_seconds():+.0f} s against Stripe's",
        advice="Run a time service (NTP); Stripe's signatures are good for five minutes.",
    )


def currency(at: Situation) -> Iterator[Finding]:
    """What Stripe exchanges comes in at its own rate, and no book here would agree with its balance."""
    if at.settlement_currencies is None:
        advice = "Try again. A restricted key must be allowed to read the balance."
        yield Finding(Level.WARNING, "Currency", "not compared: Stripe did not say", advice)
        return
    yield required(
        "Currency",
        ok=at.currency in at.settlement_currencies,
        good=f"{at.currency}, and Stripe settles in it",
        bad=f"{at.currency}, but Stripe settles in {', '.join(at.settlement_currencies)}",
        advice=f"Set CURRENCY to what Stripe settles in, or add a bank account in {at.currency} there.",
    )


def mail(at: Situation) -> Iterator[Finding]:
    """Whether customers and staff hear from the shop."""
    yield required(
        "Mail",
        ok=at.email_url,
        good="is sent",
        bad="stays in the outbox",
        advice="Set EMAIL_URL, for example smtp+tls://user:password@mail.example.com:587",
    )
    if at.email_url:
        yield required(
            "Mail server",
            ok=not at.mail_trouble,
            good="lets us in",
            bad=at.mail_trouble,
            advice="Mend it, or EMAIL_URL. Mails wait in the outbox meanwhile and none is lost.",
        )
    yield required(
        "STAFF_EMAIL",
        ok=at.staff_email_is_set,
        good="is set",
        bad="is only a guess",
        advice="Set it to the address that hears of new orders and of messages.",
    )
    if at.rows:
        yield advised(
            "Failed mails",
            ok=not at.rows.failed_mails,
            good="none",
            bad=f"{at.rows.failed_mails} in the outbox",
            advice="Look at them in the admin and send them again.",
        )
        yield advised(
            "Mails held up",
            ok=not at.rows.held_up_mails,
            good="none",
            bad=f"{at.rows.held_up_mails} have waited for more than ten minutes"
            + (at.rows.held_up_because and f"; last answer: {at.rows.held_up_because}"),
            advice="They leave by themselves once mail server and worker are well.",
        )


def database(at: Situation) -> Iterator[Finding]:
    """Where the orders live."""
    yield advised(
        "Database",
        ok=at.is_postgres,
        good="PostgreSQL",
        bad="SQLite",
        advice="Fine on one machine. For several machines use PostgreSQL (DATABASE_URL).",
    )
    yield required(
        "Migrations",
        ok=not at.unapplied_migrations,
        good="all applied",
        bad=f"{at.unapplied_migrations} not applied",
        advice="Run: manage.py migrate. Content was not looked at.",
    )
    yield Finding(
        Level.WARNING,
        "Backups",
        "not visible from here",
        "Restore last night's copy somewhere before you rely on it (docs/operating.md).",
    )


def content(at: Situation) -> Iterator[Finding]:
    """What an order cannot do without."""
    rows = at.rows
    if rows is None:
        return
    yield required(
        "Policies",
        ok=not rows.policies_missing,
        good="all in force",
        bad=f"not in force: {', '.join(rows.policies_missing)}",
        advice="Run: manage.py load_content. Then read them with a lawyer; they are a start.",
    )
    yield required(
        "Product",
        ok=rows.sellable_variants,
        good=f"{rows.sellable_variants} packs on sale",
        bad="nothing is on sale",
        advice="Publish a product with at least one active pack.",
    )
    yield advised(
        "Stock",
        ok=rows.variants_in_stock,
        good=f"{rows.variants_in_stock} packs can be bought now",
        bad="nothing in stock",
        advice="Receive stock in the admin.",
    )
    yield required(
        "Shipping rates",
        ok=rows.shipping_rates,
        good=f"{rows.shipping_rates}",
        bad="none",
        advice="Add a shipping method with a rate for each country you ship to.",
    )
    yield required(
        "Sales tax",
        ok=at.sales_tax == "stripe" or rows.tax_rates,
        good="by Stripe Tax" if at.sales_tax == "stripe" else f"{rows.tax_rates} rates in force",
        bad="no rate is in force",
        advice="Add the rates of the states where you must collect, or set SALES_TAX=stripe.",
    )


def leftovers(at: Situation) -> Iterator[Finding]:
    """Nothing invented may stand beside real orders."""
    if at.rows is None:
        return
    found = [f"{number} {name}" for name, number in at.rows.demo_rows.items()]
    if at.rows.has_demo_log_in:
        found.append("the demo's log-in “staff”")
    yield required(
        "Demo data",
        ok=not found,
        good="none",
        bad=", ".join(found),
        advice="Start with an empty database: migrate, load_content, createsuperuser.",
    )


def worker(at: Situation) -> Iterator[Finding]:
    """Without the worker no mail leaves and no lost payment is found."""
    yield required(
        "Worker",
        ok=at.heartbeat and at.now - at.heartbeat <= WORKER_SILENCE,
        good="alive",
        bad=f"last seen {at.heartbeat:%Y-%m-%d %H:%M} UTC" if at.heartbeat else "never seen",
        advice="Run it beside the web server: manage.py run_huey",
    )


def law(at: Situation) -> Iterator[Finding]:
    """What no program can tick off."""
    if at.rows and at.rows.sells_patches:
        yield Finding(
            Level.WARNING,
            "Patches in the US",
            "wait for a decision that only you and counsel can make",
            "A skin patch cannot be a dietary supplement (21 USC 321(ff)(2)(A)(i)), and FDA has called "
            "patches sold as supplements unapproved drugs. Get it in writing, or block the sale.",
        )


CHECKS: tuple[Callable[[Situation], Iterator[Finding]], ...] = (
    kind_of_shop,
    address,
    stripe,
    clock,
    currency,
    mail,
    database,
    content,
    leftovers,
    worker,
    law,
)
