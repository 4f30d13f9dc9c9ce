"""Names the device, the browser and the operating system a User-Agent speaks of."""

from dataclasses import dataclass

from ua_parser import OS, Result, UserAgent, parse

LONGEST_USER_AGENT = 512  # bytes
PHONE_SYSTEMS = ("iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS", "Firefox OS")


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is `Desktop`, `Mobile`, `Tablet` or `Bot`; what is not known is `"unknown"`."""

    kind: str
    browser: str
    os: str


def bounded(user_agent: str) -> str:
    """The part of a User-Agent that is kept and looked at."""
    return user_agent.encode("utf-8", "replace")[:LONGEST_USER_AGENT].decode("utf-8", "ignore")


def recognise(user_agent: str) -> Device:
    """The device that sent `user_agent`; never fails, whatever the text."""
    kept = bounded(user_agent)
    result = parse(kept)
    return Device(kind=_kind(kept, result), browser=_with_major(result.user_agent), os=_with_major(result.os))


def family(user_agent: str) -> tuple[str, str, str]:
    """What stays the same of a device when its software is updated: kind, browser and system without versions."""
    result = parse(bounded(user_agent))
    browser, system = result.user_agent, result.os
    return _kind(user_agent, result), browser.family if browser else "", system.family if system else ""


def _kind(user_agent: str, result: Result) -> str:
    family = result.device.family if result.device else ""
    brand = (result.device.brand if result.device else "") or ""
    system = result.os.family if result.os else ""
    if family == "Spider":
        return "Bot"
    if family == "iPad" or "Tablet" in brand or "Tablet" in user_agent:
        return "Tablet"
    if system == "Android" and "Mobile" not in user_agent:
        return "Tablet"
    return "Mobile" if system in PHONE_SYSTEMS or "Mobi" in user_agent else "Desktop"


def _with_major(part: UserAgent | OS | None) -> str:
    if part is None:
        return "unknown"
    return f"{part.family} {part.major}" if part.major else part.family
