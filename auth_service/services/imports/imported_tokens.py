"""Which refresh tokens of the Express service were taken over, and until when they are accepted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth_service.documents.refresh_token import RefreshToken
from auth_service.errors import InvalidToken


@dataclass(frozen=True, slots=True)
class ImportedToken:
    """A token that was taken over: whose it is, and until when it is accepted whatever it says itself."""

    user_id: str
    session_id: str
    imported_at: datetime
    accepted_until: datetime


class ImportedTokens:
    """Accepts them for `period` after the import."""

    def __init__(self, *, period: timedelta) -> None:
        self._period = period

    def find(self, *, hash: str) -> ImportedToken:
        """The token with this hash.

        Raises:
            InvalidToken: none that was taken over has it.
        """
        record = RefreshToken.objects(hash=hash).first()
        if record is None or record.imported_at is None:
            raise InvalidToken
        return ImportedToken(
            user_id=str(record.user_id),
            session_id=record.session_id,
            imported_at=record.imported_at,
            accepted_until=record.imported_at + self._period,
        )
