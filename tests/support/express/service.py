"""The Express service that this one replaces, as far as its database and its tokens go."""

import uuid
from datetime import datetime, timedelta, timezone

import bcrypt
import jwt
from bson import ObjectId

SECRET = "the-secret-of-the-express-service-0123456789"
DAY = 24 * 60 * 60
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
JOINED = datetime(2025, 3, 1, 12, tzinfo=timezone.utc)


class Express:
    """Writes what it would have written. Its hashes are of a cost that tests can afford."""

    def __init__(self, database, *, now):
        self.database = database
        self._now = now

    def user(self, email, password="secret", role="user", **more):
        """A user; passwords were trimmed, and six characters were enough."""
        hashed = bcrypt.hashpw(password.strip().encode(), bcrypt.gensalt(4)).decode()
        times = {"createdAt": JOINED, "updatedAt": JOINED, "__v": 0}
        record = {"_id": ObjectId(), "email": email, "password": hashed, "role": role, **times, **more}
        self.database.users.insert_one(record)
        return record["_id"]

    def login(self, user_id, *, lives=7 * DAY, session=None, token=None, **claims):
        """A session with its raw refresh token, which is returned."""
        session_id, until = str(uuid.uuid4()), self._milliseconds(lives)
        self.database.sessions.insert_one(
            {
                "sessionId": session_id,
                "userId": user_id,
                "ip": "198.51.100.7",
                "userAgent": CHROME,
                "device": "desktop",
                "expiresAt": until,
                "createdAt": JOINED,
                "__v": 0,
                **(session or {}),
            }
        )
        raw = self.sign(user_id, session_id, lives=lives, **claims)
        kept = {"sessionId": session_id, "userId": user_id, "refreshToken": raw, "expiresAt": until, **(token or {})}
        self.database.refreshtokens.insert_one(kept)
        return raw

    def sign(self, user_id, session_id, *, lives=7 * DAY, secret=SECRET, **claims):
        issued_at = int(self._now().timestamp())
        said = {"userId": str(user_id), "sessionId": session_id, "role": "user", "type": "refresh"}
        times = {"iat": issued_at, "exp": issued_at + lives}
        return jwt.encode({**said, **times, **claims}, secret, algorithm="HS256")

    def _milliseconds(self, seconds):
        return float(int((self._now() + timedelta(seconds=seconds)).timestamp() * 1000))
