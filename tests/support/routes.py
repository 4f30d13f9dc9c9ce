"""The routes of an application."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(app):
    """`(method, rule)` of every route."""
    return [(method, rule) for rule in app.url_map.iter_rules() for method in METHODS if method in rule.methods]


def concrete(rule):
    return rule.rule.replace("<user_id>", "0" * 24).replace("<role>", "admin").replace("<path:name>", "swagger-ui.css")
