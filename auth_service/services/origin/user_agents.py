"""Looks a User-Agent up in the tables of ua-parser, in little memory.

Whole and asked by every thread, they would be the largest thing in a worker: 24 MiB when read, and 70 once 12 threads
have seen a few thousand User-Agents, for each expression keeps its working memory up to nine times, by threads. So one
thread asks for all, in tens of microseconds. And of the device table, which is more than half, only the rules are read
that tell a crawler, a tablet or an iPad: most of it tells apart the models of phones, which nobody here asks for.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

from ua_parser import Device, Domain, Result
from ua_parser.core import Matcher
from ua_parser.regex import Resolver
from ua_parser_builtins.lazy import MATCHERS

REMEMBERED = 200  # answers, of about 1 kB; a login asks twice

# What the rules call the brand. In a table the first rule that fits answers. So all of Apple's and the general ones are
# read too (any Android, any feature phone), and what has a crawler's word in its name: Amazon's Silk, and Cubot.
BRANDS = re.compile("Spider|Apple|Generic|Amazon|Cubot")

_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="user-agents")


@lru_cache(maxsize=REMEMBERED)
def parsed(user_agent: str) -> Result:
    """Browser, system, and of the device what `BRANDS` lists; the text should be bounded."""
    return _asking.submit(_ask, user_agent).result()


def _ask(user_agent: str) -> Result:
    return _tables()(user_agent, Domain.ALL).complete()


@cache  # only `_asking`'s thread comes here, so it is built once
def _tables() -> Resolver:
    """The compiled tables; takes a tenth of a second."""
    browsers, systems, devices = MATCHERS
    telling: list[Matcher[Device]] = [rule for rule in devices if BRANDS.match(rule.brand)]
    return Resolver((list(browsers), list(systems), telling))
