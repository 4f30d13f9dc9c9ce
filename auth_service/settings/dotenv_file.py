"""Reads a `.env` file: each line is `NAME=value`, and no value is expanded."""

from dotenv.parser import Original, parse_stream

from auth_service.settings.environment import ConfigurationError


def read_dotenv(path: str) -> dict[str, str]:
    """The variables of the file `path`; none if there is no such file.

    Raises:
        ConfigurationError: it is not UTF-8 text, or a line is not `NAME=value`; the error has the numbers of the lines.
    """
    try:
        with open(path, encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, OSError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise ConfigurationError([f"{path} cannot be read: {reason}"]) from None
    wrong = [_line(each.original) for each in bindings if each.error]
    if wrong:
        raise ConfigurationError([f"{path}, line {line}: is not NAME=value" for line in wrong])
    return {each.key: each.value or "" for each in bindings if each.key}


def _line(original: Original) -> int:
    """The number of the line itself; blank lines before it belong to what the parser returns."""
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")
