"""People for another checkout of this project, by its own code: its folder is on the path of its own interpreter.

`python app.py people FILE COUNT PASSWORD` fills the database, and writes the people's tokens, some refresh tokens, and
the environment of a server.
"""

import json
import os
import sys

from tests.benchmarks.population import Population
from tests.benchmarks.targets import shipped
from tests.support.settings import environment

REFRESH_TOKENS = 4096


def people(target, count, password):
    """Make `count` accounts with one password, a token for each, and refresh tokens."""
    variables = shipped(os.environ["DB_URL"])
    population = Population(variables)
    users = population.add_people(count, password)
    made = {
        "environment": environment(**variables),
        "emails": [f"user{number}@example.com" for number in range(count)],
        "tokens": [token for token, _ in population.add_sessions(count, users)],
        "refresh": population.add_chains(REFRESH_TOKENS, users),
    }
    with open(target, "w") as file:
        json.dump(made, file)


if __name__ == "__main__":
    people(sys.argv[2], int(sys.argv[3]), sys.argv[4])
