"""`python -m auth_service.development.common_passwords`: writes the list of common passwords from zxcvbn's.

Only development needs zxcvbn: in the service the package would keep all of its lists in memory, of which this is one.
"""

from importlib.metadata import version

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from auth_service.services.credentials.common_passwords import END, FILE
from auth_service.services.credentials.folding import folded

HEADER = """\
# The 30,000 most common passwords, folded (NFKC and casefold), the most common first.
# Source: the list "passwords" of zxcvbn {version} for Python (https://github.com/dwolfhub/zxcvbn-python), which has it
# from zxcvbn (https://github.com/dropbox/zxcvbn). Written by `python -m auth_service.development.common_passwords`.
#
# MIT License
#
# Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.
# Copyright (c) 2016 Daniel Wolf
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions:
#
# The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
# Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

"""


def content() -> str:
    """Source and licence, an empty line, and the passwords of zxcvbn's list: folded, one a line."""
    passwords = "".join(f"{folded(password)}{END}" for password in FREQUENCY_LISTS["passwords"])
    return HEADER.format(version=version("zxcvbn")) + passwords


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
