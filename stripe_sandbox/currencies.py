"""Currencies as Stripe counts them: integers in the smallest unit."""

# Stripe's zero-decimal and three-decimal currencies (facts/stripe.md 4.6).
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())  # noqa: SIM905
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())  # noqa: SIM905
TWO_DECIMAL = frozenset(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf
    chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf
    idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk
    mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd sar sbd scr sek sgd shp
    sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs wst xcd yer zar zmw
    """.split()  # noqa: SIM905
)
SUPPORTED = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "cad": "CA$", "aud": "A$"}
# Stripe's smallest charges; the currencies that are not listed follow the dollar roughly.
SMALLEST_CHARGE = {"gbp": 30, "jpy": 50, "mxn": 1000, "sek": 300, "nok": 300, "dkk": 250}
LARGEST_AMOUNT = 99_999_999


def decimals(currency: str) -> int:
    """How many digits follow the point."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def money_text(amount: int, currency: str) -> str:
    """For example `$24.00`, `¥500`, `24.00 CHF`. `amount` is in the smallest unit."""
    places = decimals(currency)
    text = f"{abs(amount) / 10**places:,.{places}f}"
    minus = "-" if amount < 0 else ""
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{text}" if sign else f"{minus}{text} {currency.upper()}"


def smallest_charge(currency: str) -> int:
    """The least that a card can be charged, in the smallest unit."""
    return SMALLEST_CHARGE.get(currency, 50)
