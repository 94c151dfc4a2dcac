"""Which source claims a URL: the most specific of the prefixes that fit."""

from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from seeds import Catalogue, Source


def claims(**prefixes: str) -> Catalogue:
    return Catalogue([Source(name, name, "off", urls=(place,)) for name, place in prefixes.items()])


def test_the_longest_prefix_claims_a_page() -> None:
    catalogue = claims(short="a.example/x/", long="a.example/x/deeper/")
    assert catalogue.claiming("https://A.example/x/1.htm") == "short"
    assert catalogue.claiming("http://a.example/x/deeper/1.htm") == "long"
    assert catalogue.claiming("http://a.example.:8000/x/1.htm") == "short", "on any port"
    assert catalogue.claiming("http://b.example/x/1.htm") is None
    assert catalogue.claiming("http://a.example/y/1.htm") is None
    assert catalogue.claiming("http://[broken/x") is None
    assert catalogue.claiming("http://a.example:99999/x/") is None
    assert catalogue.claiming("/x/1.htm") is None
    assert catalogue.claiming(None) is None


def test_a_prefix_with_a_port_claims_that_port_alone_and_goes_first() -> None:
    catalogue = claims(any="a.example/web/", port="a.example:8000/", usual="a.example:443/eng/")
    assert catalogue.claiming("http://a.example:8000/web/1.htm") == "port"
    assert catalogue.claiming("http://a.example:8001/web/1.htm") == "any"
    assert catalogue.claiming("http://a.example:8001/1.htm") is None
    assert catalogue.claiming("https://a.example/eng/1.htm") == "usual"
    assert catalogue.claiming("http://a.example/eng/1.htm") is None


PLACES = st.lists(
    st.tuples(st.sampled_from(["a.example", "b.example"]), st.sampled_from(["", ":80", ":443", ":8000"]))
    .flatmap(lambda site: st.text("xy/", max_size=4).map(lambda path: f"{site[0]}{site[1]}/{path}")),
    max_size=8,
    unique=True,
)  # fmt: skip


@given(
    PLACES,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["a.example", "A.EXAMPLE", "b.example"]),
    st.sampled_from([80, 443, 8000, None]),
    st.text("xy/", max_size=6),
)
def test_of_all_prefixes_that_fit_the_most_specific_claims(
    places: list[str], scheme: str, host: str, port: int | None, path: str
) -> None:
    url = f"{scheme}://{host}{f':{port}' if port else ''}/{path}"
    at = port or {"http": 80, "https": 443}[scheme]

    def fits(place: str) -> bool:
        parts = urlsplit(f"//{place}")
        return parts.hostname == host.lower() and parts.port in (None, at) and f"/{path}".startswith(parts.path)

    def specific(place: str) -> tuple[bool, int]:
        parts = urlsplit(f"//{place}")
        return parts.port is not None, len(parts.path)

    catalogue = Catalogue([Source(place, place, "off", urls=(place,)) for place in places])
    assert catalogue.claiming(url) == max(filter(fits, places), key=specific, default=None)
