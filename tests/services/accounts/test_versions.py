"""An account that is written only while it is unchanged."""

import pytest
from pymongo.errors import OperationFailure

from auth_service.services.accounts.versions import AccountChanged, update_unchanged


@pytest.mark.parametrize("update", [{"$set": {"role": "user"}}, {"$set": {"lastPlace": {"at": 1}}}, {}])
def test_two_transactions_that_write_one_account_conflict_even_if_one_changes_nothing(user, database, update):
    record = database.users.find_one()
    with database.client.start_session() as follower, database.client.start_session() as other:
        follower.start_transaction()
        update_unchanged(record, update, transaction=follower)
        other.start_transaction()
        change = {"$set": {"role": "admin"}, "$inc": {"authVersion": 1}}
        with pytest.raises(OperationFailure) as refused:
            database.users.update_one({"_id": record["_id"]}, change, session=other)
        assert refused.value.has_error_label("TransientTransactionError")
        follower.commit_transaction()
    assert database.users.find_one()["role"] == "user"


def test_a_change_before_it_is_noticed(user, database):
    record = database.users.find_one()
    database.users.update_one({}, {"$inc": {"authVersion": 1}})
    with database.client.start_session() as session, session.start_transaction(), pytest.raises(AccountChanged):
        update_unchanged(record, {"$set": {"role": "user"}}, transaction=session)
