"""`make bench-growth-reviews`: what pages cost with a hundred reviews and with a hundred thousand.

Two shops run side by side whose newest hundred reviews are the same (bench/many_reviews.py). For each page and
repetition the small one is loaded for two seconds, then the large one, each served by gunicorn with two workers
of four threads. CPU is that of the workers and of PostgreSQL's processes.
"""

import sys

import growth

# The path in the small shop, and in the large one where that is another.
PAGES = {
    "home": ("/", ""),
    "product page": ("/product-information/", ""),
    "reviews": ("/reviews/", ""),
    "one dot": ("/reviews/?stars=1", ""),
    "most helpful": ("/reviews/?sort=helpful", ""),
    "fewest dots": ("/reviews/?sort=lowest", ""),
    "bought here, oily skin": ("/reviews/?verified=1&skin=oily", ""),
    "fifth page, fiftieth page": ("/reviews/?page=5", "/reviews/?page=50"),
    "fifth page, five thousandth": ("/reviews/?page=5", "/reviews/?page=5000"),
    "numbers": ("/reviews/numbers/", ""),
    "numbers, second page, thousandth": (
        "/reviews/numbers/?page=2",
        "/reviews/numbers/?page=1000",
    ),
    "one number": ("/reviews/numbers/50/", "/reviews/numbers/50000/"),
}

REVIEWS = growth.Bench(
    make="bench-growth-reviews",
    rows="reviews",
    many=100_000,
    script="many_reviews.py",
    pages={name: (path, there or path) for name, (path, there) in PAGES.items()},
    told=__doc__ or "",
    bytes_aim="two percent more or less: numbers have more digits",
)

if __name__ == "__main__":
    sys.exit(growth.run_bench(REVIEWS))
