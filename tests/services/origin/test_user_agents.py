"""The tables that User-Agents are looked up in"""

import threading

import pytest
import ua_parser

from auth_service.services.origin import devices
from auth_service.services.origin.user_agents import REMEMBERED, parsed
from tests.support.parallel import at_once
from tests.support.user_agents import CHROME, KNOWN

SILK = "AppleWebKit/537.36 (KHTML, like Gecko) Silk/128.4.1 like Chrome/128.0.0.0 Safari/537.36"
OF_BRANDS = {
    "a phone named like a crawler": f"Mozilla/5.0 (Linux; Android 13; CUBOT P80) {CHROME} Mobile Safari/537.36",
    "a tablet named like a crawler": f"Mozilla/5.0 (Linux; Android 12; CUBOT TAB 30) {CHROME} Safari/537.36",
    "a browser named like a crawler": f"Mozilla/5.0 (Linux; Android 11; KFTRWI) {SILK}",
    "the same as on a desktop": f"Mozilla/5.0 (X11; Linux x86_64) {SILK}",
    "a phone of a brand": f"Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A) {CHROME} Mobile Safari/537.36",
    "a tablet of a brand": f"Mozilla/5.0 (Linux; Android 14; Lenovo TB-X606F) {CHROME} Safari/537.36",
    "a tablet that says Mobile": f"Mozilla/5.0 (Linux; Android 14; Mobile Tab) {CHROME} Safari/537.36",
    "a BlackBerry": "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.35+ (KHTML, like Gecko) Version/10.3 Mobile",
    "a Nokia": "Nokia6230i/2.0 (03.80) Profile/MIDP-2.0 Configuration/CLDC-1.1",
    "a console": "Mozilla/5.0 (PlayStation; PlayStation 5/5.50) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "a television": "Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/8.0 TV",
    "an iPod": "Mozilla/5.0 (iPod touch; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "an app on an iPad": "Acme/2.1 (iPad13,4; iOS 18.1; Scale/2.00)",
    "a browser that hides the iPad": "Mozilla/5.0 (X11; U; Linux x86_64; en-US) AppleWebKit/537.36 Puffin/9.7.2IT",
    "Java": "Java/21.0.4",
    "a preview": "WhatsApp/2.24.20.89 A",
    "a crawler as a Mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (Applebot/0.1)",
}
ALL = {**{name: text for name, (text, _) in KNOWN.items()}, **OF_BRANDS}


@pytest.mark.parametrize("user_agent", ALL.values(), ids=ALL)
def test_the_rules_that_are_not_read_change_nothing(user_agent, monkeypatch):
    seen = devices.recognise(user_agent), devices.family(user_agent)
    monkeypatch.setattr(devices, "parsed", ua_parser.parse)
    assert seen == (devices.recognise(user_agent), devices.family(user_agent))


def test_one_thread_asks_for_all():
    parsed.cache_clear()
    seen = at_once(*[lambda number=number: parsed(f"acme-sync/{number} curl/8.5.0") for number in range(16)])
    assert {result.user_agent.family for result in seen} == {"curl"}
    assert sum(thread.name.startswith("user-agents") for thread in threading.enumerate()) == 1


def test_what_is_remembered_is_bounded():
    for number in range(REMEMBERED + 10):
        parsed(f"acme-sync/{number}")
    assert parsed.cache_info().currsize == REMEMBERED
