"""fastapi-users on Beanie with the database strategy, after its full example: bearer transport, bcrypt.

`python app.py people FILE COUNT PASSWORD` makes people and writes their tokens; `uvicorn app:app` serves.
"""

import asyncio
import contextlib
import json
import os
import sys
from typing import Annotated

from beanie import Document, PydanticObjectId, init_beanie
from fastapi import Depends, FastAPI, Response
from fastapi_users import BaseUserManager, FastAPIUsers, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users.password import PasswordHelper
from fastapi_users_db_beanie import BeanieBaseUser, BeanieUserDatabase, ObjectIDIDMixin
from fastapi_users_db_beanie.access_token import BeanieAccessTokenDatabase, BeanieBaseAccessToken
from pwdlib import PasswordHash
from pwdlib.hashers.bcrypt import BcryptHasher
from pymongo import AsyncMongoClient

LIFETIME = 7200  # seconds
password_helper = PasswordHelper(PasswordHash((BcryptHasher(rounds=int(os.environ["BCRYPT_ROUNDS"])),)))


class User(BeanieBaseUser, Document):
    pass


class AccessToken(BeanieBaseAccessToken, Document):
    pass


class UserRead(schemas.BaseUser[PydanticObjectId]):
    pass


class UserManager(ObjectIDIDMixin, BaseUserManager[User, PydanticObjectId]):
    reset_password_token_secret = os.environ["JWT_SECRET"]
    verification_token_secret = os.environ["JWT_SECRET"]


async def get_user_db():
    yield BeanieUserDatabase(User)


async def get_access_token_db():
    yield BeanieAccessTokenDatabase(AccessToken)


async def get_user_manager(user_db: Annotated[BeanieUserDatabase, Depends(get_user_db)]):
    yield UserManager(user_db, password_helper)


def get_database_strategy(database: Annotated[AccessTokenDatabase[AccessToken], Depends(get_access_token_db)]):
    return DatabaseStrategy(database, lifetime_seconds=LIFETIME)


backend = AuthenticationBackend(
    name="database", transport=BearerTransport(tokenUrl="auth/login"), get_strategy=get_database_strategy
)
fastapi_users = FastAPIUsers[User, PydanticObjectId](get_user_manager, [backend])
current_active_user = fastapi_users.current_user(active=True)


async def connect():
    client = AsyncMongoClient(os.environ["DB_URL"], tz_aware=True)
    await init_beanie(database=client.get_default_database(), document_models=[User, AccessToken])


@contextlib.asynccontextmanager
async def lifespan(app):
    await connect()
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(fastapi_users.get_auth_router(backend), prefix="/auth", tags=["auth"])


@app.get("/check", status_code=204)
async def check(user: Annotated[User, Depends(current_active_user)]):
    role = "admin" if user.is_superuser else "user"
    return Response(status_code=204, headers={"X-Auth-User": str(user.id), "X-Auth-Role": role})


@app.get("/profile", response_model=UserRead)
async def profile(user: Annotated[User, Depends(current_active_user)]):
    return user


async def people(target, count, password):
    """Make `count` accounts with one password, and a token for each."""
    await connect()
    hashed = password_helper.hash(password)
    users = [User(email=f"user{n}@example.com", hashed_password=hashed) for n in range(count)]
    await User.insert_many(users)
    users = await User.find_all().to_list()
    strategy = DatabaseStrategy(BeanieAccessTokenDatabase(AccessToken), lifetime_seconds=LIFETIME)
    tokens = [await strategy.write_token(user) for user in users]
    with open(target, "w") as file:
        json.dump({"tokens": tokens, "emails": [user.email for user in users]}, file)


if __name__ == "__main__":
    asyncio.run(people(sys.argv[2], int(sys.argv[3]), sys.argv[4]))
