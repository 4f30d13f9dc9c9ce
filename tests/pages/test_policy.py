"""What the pages keep: only `PAGES` shows them, no text becomes markup, and nothing is larger than it must be."""

import gzip
import json
import re

import pytest
from playwright.sync_api import Error, expect

from auth_service.pages import files
from auth_service.services.origin.languages import LANGUAGES
from tests.support.api import PASSWORD, Api
from tests.support.browser.people import ADA, ADMIN, LONG, populate
from tests.support.browser.views import ADMINS, OWN, overflow, path_of

EVIL = "<img src=x onerror=alert(1)>'\"`{{7*7}}${7*7}\u202e</script>" + "x" * 300
SAYING = (*OWN[:3], "account/keys", "admin/users", "admin/user", "admin/audit")  # what others wrote
PATHS = ("/account", "/account/sessions", "/admin", "/admin/users", "/auth-client.js", "/assets/0/style.css")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types 'none'"
)


@pytest.fixture(scope="module")
def api_of_pages(app_with):
    return Api(app_with(PAGES="true"))


def asset_of(api, name):
    return re.search(r'"(/assets/\w+/)', api.get("/account").text)[1] + name


@pytest.mark.parametrize("path", PATHS)
def test_without_the_setting_there_are_none(api, path):
    assert (api.get(path).status_code, api.get(path).json["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", PATHS[:4])
def test_a_shell_has_the_strictest_policy_that_the_pages_work_under(api_of_pages, path):
    headers = api_of_pages.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Permissions-Policy"].startswith("publickey-credentials-get=(self)")


def test_a_shell_is_the_same_whoever_is_logged_in(api_of_pages, app):
    before = api_of_pages.get("/account").text
    api_of_pages.called(ADA).register()
    api_of_pages.logged_in()
    assert api_of_pages.get("/account").text == before
    assert ADA not in before


def test_a_file_is_kept_for_a_year_under_its_version_and_found_under_no_other(api_of_pages):
    kept = api_of_pages.get(asset_of(api_of_pages, "style.css"))
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    gone = api_of_pages.get("/assets/0123456789abcdef/style.css")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("name", ["../views.py", "%2e%2e/views.py", "auth-client.d.ts", "x", "account/"])
def test_no_other_file_is_served(api_of_pages, name):
    assert api_of_pages.get(asset_of(api_of_pages, name)).status_code in (308, 404)


def test_the_client_is_asked_for_by_its_etag(api_of_pages):
    first = api_of_pages.get("/auth-client.js")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert api_of_pages.get("/auth-client.js", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de-AT,de;q=0.9", "de"),
        ("de-AT, en;q=0.5", "de"),
        ("en-GB, de;q=0.9", "en"),
        ("fr, en;q=0.1", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*;q=x", "en"),
    ],
)
def test_the_language_is_that_of_the_browser(api_of_pages, asked, language):
    assert f'<html lang="{language}">' in api_of_pages.get("/account", headers={"Accept-Language": asked}).text


def test_a_hostile_name_of_the_installation_stays_a_text(app_with, visit, site):
    shell = Api(app_with(PAGES="true", APP_NAME="'><script>alert(1)</script>")).get("/account").text
    assert "<script>alert" not in shell


def test_scripts_and_styles_stay_small():
    """Compressed: all scripts together, and those of a visit one by one, as a proxy sends them."""
    contents = files.contents()
    scripts = [content for name, content in contents.items() if name.endswith(".js")]
    assert size(b"".join(scripts)) <= 20_000
    assert sum(size(contents[each]) for each in ("auth-client.js", "dom.js", "app.js", "account/security.js")) <= 11_000
    assert size(contents["style.css"]) <= 8_000
    assert size(contents["auth-client.js"]) <= 2.5 * 1024
    assert len(contents["world.svg"]) <= 20_000


def size(content):
    return len(gzip.compress(content, 9))


def test_the_account_page_needs_eight_requests(visit, site):
    populate(site.app, sessions=0)
    visitor = visit().logged_in(ADA).open("/account")
    visitor.watch.requests.clear()
    visitor.page.reload()
    visitor.settle()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Security")
    loaded = [each for each in visitor.watch.requests if "icon.svg" not in each]
    assert len(loaded) <= 8, loaded


def test_markup_is_refused_by_the_browser_itself(visit):
    page = visit().open("/account/login").page
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.querySelector('main').innerHTML = '<b>x</b>'")
    assert page.evaluate("violations") == ["require-trusted-types-for"]


@pytest.mark.parametrize("view", SAYING)
def test_hostile_texts_are_shown_as_they_are(view, visit, site, database):
    user_id = populate(site.app, email=LONG, sessions=2).user_id
    known = {"userAgent": EVIL, "browser": EVIL, "os": EVIL, "location": EVIL, "ip": EVIL[:60], "unusual": [EVIL]}
    database.sessions.update_many({}, {"$set": {**known, "coordinates": [1e308, -1e308]}})
    database.sessions.update_many({"kind": "key"}, {"$set": {"name": EVIL}})
    database.audit_events.update_many({}, {"$set": {"reason": EVIL, "ip": EVIL}})
    visitor = visit().logged_in(ADMIN if view in ADMINS else LONG)
    visitor.open(path_of(view, user_id))
    visitor.page.set_viewport_size({"width": 320, "height": 700})
    assert visitor.page.locator("main img, main script").count() == 0
    assert visitor.watch.dialogs == []
    assert overflow(visitor.page) == 0
    assert (visitor.page.evaluate("violations"), visitor.watch.errors) == ([], [])


def test_below_a_path_every_address_of_a_shell_is_below_it(app_with):
    behind = Api(app_with(PAGES="true", TRUST_PROXY=1))
    forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PREFIX": "/identity"}
    shell = behind.get("/account", environ_overrides=forwarded).text
    addresses = re.findall(r'(?:href|src)="(.*?)"', shell)
    assert len(addresses) == 6
    assert [each for each in addresses if not each.startswith("/identity/assets/")] == []
    assert '"base": "/identity"' in shell


def test_a_shell_holds_valid_facts(api_of_pages):
    shell = api_of_pages.get("/account").text
    facts = json.loads(re.search(r"name=\"facts\" content='(.*?)'", shell)[1])
    assert facts["languages"] == list(LANGUAGES)
    assert PASSWORD not in shell
