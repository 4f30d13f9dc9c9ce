"""Refreshes that race with each other and with what ends their session."""

from tests.support.parallel import at_once

ROUNDS = 25


def browsers_with_one_cookie(new_api, token, count):
    browsers = [new_api() for _ in range(count)]
    for browser in browsers:
        browser.refresh_token = token
    return browsers


def test_of_parallel_refreshes_of_one_token_exactly_one_wins_and_the_session_lives(new_api):
    api = new_api().registered().logged_in()
    for _ in range(ROUNDS):
        browsers = browsers_with_one_cookie(new_api, api.refresh_token, 8)
        responses = at_once(*[browser.refresh for browser in browsers])
        assert sorted(response.status_code for response in responses) == [200] + [401] * 7
        winner = browsers[[response.status_code for response in responses].index(200)]
        assert winner.verify().status_code == 204
        api.refresh_token = winner.refresh_token


def test_refresh_against_logout_leaves_no_token_that_works(new_api, database):
    owner = new_api().registered()
    for _ in range(ROUNDS):
        owner.logged_in()
        (other,) = browsers_with_one_cookie(new_api, owner.refresh_token, 1)
        refreshed, logged_out = at_once(other.refresh, owner.logout)
        assert logged_out.status_code == 200
        assert refreshed.status_code in (200, 401)
        assert other.refresh().status_code == 401
        if other.access_token:
            assert other.verify().status_code == 401
        assert database.sessions.count_documents({"endedAt": None}) == 0


def test_refresh_against_deletion_leaves_nothing_behind(new_api, services, database):
    for _ in range(ROUNDS):
        owner = new_api().registered().logged_in()
        (other,) = browsers_with_one_cookie(new_api, owner.refresh_token, 1)
        refreshed, _ = at_once(
            other.refresh,
            lambda owner=owner: services.deletion.delete(user_id=owner.user_id, actor_id=owner.user_id),
        )
        assert refreshed.status_code in (200, 401)
        assert database.sessions.count_documents({}) == 0


def test_requests_that_slide_a_session_do_not_disturb_its_refresh(new_api):
    api = new_api().registered().logged_in()
    for _ in range(ROUNDS):
        readers = [api.verify] * 4
        *read, refreshed = at_once(*readers, api.refresh)
        assert [response.status_code for response in read] == [204] * 4
        assert refreshed.status_code == 200
