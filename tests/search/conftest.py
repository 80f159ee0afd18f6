from collections.abc import Iterator

import pytest

from search import sources


@pytest.fixture(autouse=True)
def _own_sources() -> Iterator[None]:
    """Only what a test registers itself; the roof's sources are back afterwards."""
    kept = dict(sources._sources)
    sources._sources.clear()
    yield
    sources._sources.clear()
    sources._sources.update(kept)
