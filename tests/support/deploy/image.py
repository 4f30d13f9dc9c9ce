"""What `deploy/Dockerfile` makes, without Docker: the files that enter the image, its environment and its commands."""

import json
import re
import shutil

from tests.support.server import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
IGNORED = ROOT / "deploy" / "Dockerfile.dockerignore"


def instructions():
    """The instructions as pairs of name and text, in order, continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text())).splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line.strip()]


def last(name):
    """The text of the last instruction called `name`."""
    return [text for each, text in instructions() if each == name][-1]


def image_command():
    """The command the image runs."""
    return json.loads(last("CMD"))


def image_health_check():
    """The command that tells whether a container is healthy."""
    return json.loads(last("HEALTHCHECK").partition("CMD ")[2])


def environment_of_image():
    """The variables the image sets."""
    return dict(pair.split("=", 1) for pair in last("ENV").split())


def content(folder):
    """Copy to `folder` what the Dockerfile copies: what the ignore file admits."""
    rules = [line for line in IGNORED.read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*", "everything is refused that is not admitted"
    admitted = [rule[1:] for rule in rules if rule.startswith("!")]
    refused = {str(ROOT / rule) for rule in rules[1:] if not rule.startswith(("!", "**/"))}
    anywhere = shutil.ignore_patterns(*(rule[3:] for rule in rules if rule.startswith("**/")))

    def ignored(directory, names):
        return anywhere(directory, names) | {name for name in names if f"{directory}/{name}" in refused}

    folder.mkdir()
    for path in (ROOT / name for name in admitted if (ROOT / name).exists()):
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=ignored)
        else:
            shutil.copy(path, folder)
