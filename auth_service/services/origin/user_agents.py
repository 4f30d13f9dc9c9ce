"""Parses a User-Agent by the tables of ua-parser, in little memory.

Loaded whole and used by every thread, the tables would be the largest object of a worker: 24 MiB when loaded, and 70
once 12 threads have parsed a few thousand User-Agents, because each expression keeps working memory for up to nine
threads. So a single thread parses for all, in tens of microseconds. Of the device table, which is more than half, only
the rules are loaded that recognise crawlers, tablets and iPads: most of it distinguishes models of phones.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

from ua_parser import Device, Domain, Result
from ua_parser.core import Matcher
from ua_parser.regex import Resolver
from ua_parser_builtins.lazy import MATCHERS

REMEMBERED = 200  # cached results, of about 1 kB each; a login parses twice

# The brands of the rules that are loaded. The first matching rule of a table wins. So all of Apple's and the generic
# ones are loaded too (any Android, any feature phone), and brands whose names resemble a crawler's: Amazon's Silk, and
# Cubot.
BRANDS = re.compile("Spider|Apple|Generic|Amazon|Cubot")

_parser = ThreadPoolExecutor(max_workers=1, thread_name_prefix="user-agents")


@lru_cache(maxsize=REMEMBERED)
def parsed(user_agent: str) -> Result:
    """The browser, the system, and the device if `BRANDS` lists it; the caller bounds the length of the text."""
    return _parser.submit(_parse, user_agent).result()


def _parse(user_agent: str) -> Result:
    return _tables()(user_agent, Domain.ALL).complete()


@cache  # only the thread of `_parser` calls it, so it is built once
def _tables() -> Resolver:
    """The compiled tables; compiling takes a tenth of a second."""
    browsers, systems, devices = MATCHERS
    loaded: list[Matcher[Device]] = [rule for rule in devices if BRANDS.match(rule.brand)]
    return Resolver((list(browsers), list(systems), loaded))
