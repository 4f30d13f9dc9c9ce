"""Recognises the device, the browser and the operating system of a User-Agent."""

import re
from dataclasses import dataclass

from ua_parser import OS, Result, UserAgent

from auth_service.services.origin.user_agents import parsed

LONGEST_USER_AGENT = 512  # bytes
PHONE_SYSTEMS = ("iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS", "Firefox OS")

WINDOWS_FEATURE = "Tablet PC"  # in Internet Explorer's User-Agent on any Windows with pen support
ANDROID_APP = "Dalvik/"  # in the User-Agent of apps, which lacks "Mobile"
UNKNOWN = "unknown"
PRODUCT = re.compile(r"(?!Mozilla/)([A-Za-z][A-Za-z0-9._+-]{0,63})/v?(\d{1,9})")  # RFC 9110 section 10.1.5


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is `Desktop`, `Mobile`, `Tablet` or `Bot`; an unknown browser or system is `"unknown"`."""

    kind: str
    browser: str
    os: str


def bounded(user_agent: str) -> str:
    """The part of a User-Agent that is stored and parsed."""
    return user_agent.encode("utf-8", "replace")[:LONGEST_USER_AGENT].decode("utf-8", "ignore")


def recognise(user_agent: str) -> Device:
    """The device that sends `user_agent`; it accepts any text."""
    kept = bounded(user_agent)
    result = parsed(kept)
    browser = _with_major(result.user_agent) if result.user_agent else " ".join(_product(kept)) or UNKNOWN
    return Device(kind=_kind(kept, result), browser=browser, os=_with_major(result.os))


def family(user_agent: str) -> tuple[str, str, str]:
    """What an update of its software leaves unchanged of a device: kind, browser and system, without versions."""
    kept = bounded(user_agent)
    result = parsed(kept)
    browser = result.user_agent.family if result.user_agent else _product(kept)[0]
    return _kind(kept, result), browser, result.os.family if result.os else ""


def _kind(user_agent: str, result: Result) -> str:
    family = result.device.family if result.device else ""
    brand = (result.device.brand if result.device else "") or ""
    system = result.os.family if result.os else ""
    if family == "Spider":
        return "Bot"
    if family == "iPad" or "Tablet" in brand or "Tablet" in user_agent.replace(WINDOWS_FEATURE, ""):
        return "Tablet"
    if system == "Android" and "Mobile" not in user_agent and not user_agent.startswith(ANDROID_APP):
        return "Tablet"
    return "Mobile" if system in PHONE_SYSTEMS or "Mobi" in user_agent else "Desktop"


def _with_major(part: UserAgent | OS | None) -> str:
    if part is None:
        return UNKNOWN
    return f"{part.family} {part.major}" if part.major else part.family


def _product(user_agent: str) -> tuple[str, str] | tuple[str]:
    """The name and major version in the User-Agent of an unlisted program: `acme-sync` and `2` of `acme-sync/2.1`."""
    named = PRODUCT.match(user_agent)
    return (named[1], named[2]) if named else ("",)
