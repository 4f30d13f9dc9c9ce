"""Which address a session is opened from."""

import pytest

from tests.support.api import Api

PEER = "198.51.100.7"


@pytest.fixture
def address(app, app_with):
    """Logs in behind `proxies` trusted ones, and returns the address the session shows."""

    def seen(proxies, forwarded_for=None, peer=PEER, **headers):
        other = app_with(TRUST_PROXY=proxies)
        api = Api(other).registered()
        headers = headers if forwarded_for is None else {**headers, "X-Forwarded-For": forwarded_for}
        response = api.login(headers=headers, environ_overrides={"REMOTE_ADDR": peer})
        assert response.status_code == 200, response.json
        return api.profile().json["session"]["ip"]

    return seen


@pytest.mark.parametrize("forwarded_for", [None, "203.0.113.9", "203.0.113.9, 203.0.113.10", "127.0.0.1", "garbage"])
def test_by_default_only_the_connection_counts(address, forwarded_for):
    assert address(None, forwarded_for) == PEER


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Forwarded-Host"]
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_other_headers_never_count(address, header, proxies):
    assert address(proxies, **{header: "203.0.113.9"}) == PEER


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 192.0.2.67, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "192.0.2.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
    ],
)
def test_as_many_hops_count_as_are_trusted(address, proxies, forwarded_for, expected):
    assert address(proxies, forwarded_for) == expected


FORGED = ['"', '"x', 'a="', '"\\', '"198.51.100.1", "x', ",", ", ,", '"a\\"b"']


@pytest.mark.parametrize("claimed", FORGED)
@pytest.mark.parametrize(("proxies", "appended"), [(1, "203.0.113.9"), (2, "203.0.113.9, 10.0.0.1")])
def test_no_punctuation_of_the_client_hides_what_the_proxies_append(address, proxies, appended, claimed):
    assert address(proxies, f"{claimed}, {appended}") == "203.0.113.9"


@pytest.mark.parametrize("proxies", [1, 2])
def test_without_the_header_the_connection_counts(address, proxies):
    assert address(proxies) == PEER


def test_fewer_hops_than_trusted_are_not_believed(address):
    assert address(2, "203.0.113.9") == PEER


@pytest.mark.parametrize("forwarded_for", ["2001:db8::1", "2001:0DB8:0000::0001"])
def test_an_ipv6_address_has_one_spelling(address, forwarded_for):
    assert address(1, forwarded_for) == "2001:db8::1"


@pytest.mark.parametrize(
    ("forwarded_for", "expected"),
    [
        ("203.0.113.7:51234", "203.0.113.7"),  # with the port, as Azure and some load balancers send it
        ("[2001:db8::1]:443", "2001:db8::1"),  # RFC 7239 section 6
        ("[2001:db8::1]", "2001:db8::1"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("192.0.2.66:1, 203.0.113.7:2", "203.0.113.7"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%<script>", "fe80::1"),
        ("::ffff:203.0.113.7%1", "203.0.113.7"),
    ],
)
def test_a_port_brackets_or_a_zone_are_no_part_of_the_address(address, forwarded_for, expected):
    assert address(1, forwarded_for) == expected


@pytest.mark.parametrize(
    "forwarded_for",
    [
        "garbage",
        "[garbage]",
        "[2001:db8::1",
        "[2001:db8::1]:x",
        "[203.0.113.7]",
        "203.0.113.7:",
        "unknown",
        "999.1.1.1",
        "1.2.3",
        "203.0.113.9:x",
        "<script>",
        "x" * 5000,
        "\xe4",
        "203.0.113.9/24",
        "203.0.113.9%eth0",
        "203.000.113.009",
        "3405803785",
        "for=203.0.113.9",
        "203.0.113.9;proto=https",
    ],
)
def test_garbage_from_a_trusted_proxy_is_unknown(address, forwarded_for):
    assert address(1, forwarded_for) == "unknown"


def test_a_connection_without_an_address_is_unknown(address):
    assert address(0, peer="") == "unknown"
