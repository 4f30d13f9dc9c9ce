"""Checks that every migration was run, and with the text that its file has now."""

from auth_service.database.migrations import MigrationFailed, Migrations, State
from auth_service.doctor.findings import Finding, ok, problem, warning

CHECK = "migrations"


def examine(migrations: Migrations) -> list[Finding]:
    """The pending ones are a problem; those whose file was changed since are a warning."""
    try:
        found = migrations.status()
    except MigrationFailed as error:
        return [problem(CHECK, f"{error}: restore the folder as it was released")]
    pending = [each.name for each in found if each.state is State.PENDING]
    changed = [each.name for each in found if each.state is State.CHANGED]
    findings = []
    if pending:
        findings.append(
            problem(CHECK, f"pending: {', '.join(pending)}; run `.venv/bin/python -m auth_service migrate`")
        )
    if changed:
        findings.append(warning(CHECK, f"changed since they were run: {', '.join(changed)}; they are not run again"))
    return findings or [ok(CHECK, f"all {len(found)} were run")]
