"""The figures of the return promise, for code that must say or apply the same as the policy text."""

from typing import Any

RETURN_WINDOW_DAYS = 30
# From payment until the carrier has the parcel, at most.
HANDLING_BUSINESS_DAYS = 2
SELLING_COUNTRIES = ("US",)


def merchant_return_policy(link: str) -> dict[str, Any]:
    """Return schema.org's MerchantReturnPolicy; `link` is the policy page's absolute address.

    Google wants country, category and days of a shop-wide policy under Organization
    (developers.google.com/search/docs/appearance/structured-data/return-policy).
    """
    return {
        "@type": "MerchantReturnPolicy",
        "applicableCountry": list(SELLING_COUNTRIES),
        "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": RETURN_WINDOW_DAYS,
        "returnMethod": "https://schema.org/ReturnByMail",
        "refundType": "https://schema.org/FullRefund",
        "merchantReturnLink": link,
    }
