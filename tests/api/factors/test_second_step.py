"""Logging in with a second factor."""

import pytest


def wrong_code(api):
    return next(
        code for code in (f"{n:06}" for n in range(10)) if code not in {api.code(step) for step in range(-2, 3)}
    )


def test_a_right_password_opens_no_session_where_there_is_a_second_factor(holder, browser_of, database):
    sessions = database.sessions.count_documents({})
    response = browser_of(holder).login()
    assert response.status_code == 401
    assert response.json.keys() == {"message", "status", "code", "requestId", "ticket", "methods", "expiresIn"}
    assert response.json["code"] == "second_factor_required"
    assert response.json["methods"] == ["totp", "recovery_code"]
    assert response.json["expiresIn"] == 300
    assert "Set-Cookie" not in response.headers
    assert database.sessions.count_documents({}) == sessions


def test_a_wrong_password_does_not_say_that_there_is_a_second_factor(holder, browser_of):
    response = browser_of(holder).login(password="a wrong guess")
    assert (response.status_code, response.json["code"]) == (401, "invalid_credentials")
    assert "ticket" not in response.json


def test_the_second_step_answers_as_a_login_does(holder, browser_of):
    browser = browser_of(holder)
    response = browser.second_step(browser.ticket(), code=browser.next_code())
    assert response.status_code == 200
    assert response.json.keys() == {"message", "accessToken", "user"}
    assert response.json["message"] == "Login successful"
    names = [header.split("=")[0] for header in response.headers.getlist("Set-Cookie")]
    assert names == ["refreshToken", "knownDevice"]
    assert browser.profile().status_code == 200
    assert browser.refresh().status_code == 200


def test_the_session_says_how_its_user_proved_who_they_are(holder, browser_of, database):
    browser = browser_of(holder).logged_in_by_code()
    session = database.sessions.find_one({"sessionId": browser.session_id})
    assert session["amr"] == ["pwd", "otp", "mfa"]
    assert browser.profile().json["session"]["amr"] == ["pwd", "otp", "mfa"]


def test_a_session_of_a_password_alone_looks_as_it_always_did(member):
    assert "amr" not in member.profile().json["session"]


def test_a_code_works_once(holder, browser_of):
    browser = browser_of(holder)
    code = browser.next_code()
    assert browser.second_step(browser.ticket(), code=code).status_code == 200
    response = browser.second_step(browser.ticket(), code=code)
    assert (response.status_code, response.json["code"]) == (401, "invalid_code")


def test_an_earlier_code_than_the_last_used_one_works_no_more(holder, browser_of):
    browser = browser_of(holder)
    browser.clock.advance(seconds=60)
    earlier, later = browser.code(-1), browser.code(1)
    assert browser.second_step(browser.ticket(), code=later).status_code == 200
    assert browser.second_step(browser.ticket(), code=earlier).status_code == 401


def test_the_code_of_the_set_up_is_used_up(member, browser_of):
    begun = member.begin().json
    member.secret = begun["secret"]
    code = member.code()
    assert member.confirm_app(begun["factorId"], code).status_code == 200
    browser = browser_of(member)
    assert browser.second_step(browser.ticket(), code=code).json["code"] == "invalid_code"


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_codes_count_in_the_steps_around_their_own(holder, browser_of, steps, status):
    browser = browser_of(holder)
    browser.clock.advance(seconds=300)
    assert browser.second_step(browser.ticket(), code=browser.code(steps)).status_code == status


def test_a_code_may_be_typed_with_a_gap(holder, browser_of):
    browser = browser_of(holder)
    code = browser.next_code()
    assert browser.second_step(browser.ticket(), code=f"{code[:3]} {code[3:]}").status_code == 200


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "0" * 10_000, "-12345", "1e5000"])
def test_what_is_no_code_is_a_wrong_code(holder, browser_of, code):
    browser = browser_of(holder)
    assert browser.second_step(browser.ticket(), code=code).json["code"] == "invalid_code"


def test_a_recovery_code_replaces_the_second_factor_once(holder, browser_of, factor_mailbox, database):
    browser = browser_of(holder)
    code = holder.recovery_codes[0]
    assert browser.second_step(browser.ticket(), recoveryCode=code.lower()).status_code == 200
    again = browser.second_step(browser.ticket(), recoveryCode=code)
    assert (again.status_code, again.json["code"]) == (401, "invalid_code")
    assert browser.factors()["recoveryCodesLeft"] == 7
    assert database.audit_events.count_documents({"type": "recovery_code_used", "outcome": "success"}) == 1
    kinds = [mail["kind"] for mail in database.mails.find()]
    assert kinds.count("recovery_code_used") == 1


def test_a_recovery_code_does_not_replace_the_password(holder, browser_of):
    browser = browser_of(holder)
    assert browser.login(password=holder.recovery_codes[0]).json["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    "proof",
    [{}, {"code": "1", "recoveryCode": "2"}, {"code": 123456}, {"passkey": "x"}, {"code": None}, {"other": "1"}],
    ids=["none", "two", "number", "text", "null", "unknown"],
)
def test_exactly_one_factor_is_presented(holder, browser_of, proof):
    browser = browser_of(holder)
    response = browser.second_step(browser.ticket(), **proof)
    assert (response.status_code, response.json["code"]) == (400, "invalid_request")


def test_a_ticket_lives_for_five_minutes(holder, browser_of):
    browser = browser_of(holder)
    ticket = browser.ticket()
    browser.clock.advance(seconds=301)
    response = browser.second_step(ticket, code=browser.next_code())
    assert (response.status_code, response.json["code"]) == (401, "invalid_ticket")


def test_a_ticket_is_good_for_five_tries(holder, browser_of):
    browser = browser_of(holder)
    ticket = browser.ticket()
    for _ in range(5):
        assert browser.second_step(ticket, code=wrong_code(browser)).json["code"] == "invalid_code"
    assert browser.second_step(ticket, code=browser.next_code()).json["code"] == "invalid_ticket"
    assert browser.second_step(browser.ticket(), code=browser.code()).status_code == 200


def test_right_factors_count_as_tries_of_the_ticket_too(holder, browser_of):
    browser = browser_of(holder)
    ticket = browser.ticket()
    for code in holder.recovery_codes[:5]:
        assert browser.second_step(ticket, recoveryCode=code).status_code == 200
    assert browser.second_step(ticket, recoveryCode=holder.recovery_codes[5]).json["code"] == "invalid_ticket"


def test_what_is_counted_of_tickets_goes_when_they_expire(holder, browser_of, database):
    browser = browser_of(holder)
    for _ in range(3):
        browser.second_step(browser.ticket(), recoveryCode="wrong")
    browser.clock.advance(seconds=301)
    browser.second_step(browser.ticket(), recoveryCode="wrong")
    assert len(database.users.find_one({"email": holder.email})["secondFactor"]["tries"]["tickets"]) == 1


def test_wrong_codes_of_a_day_ago_are_forgotten(holder, browser_of, database):
    browser = browser_of(holder)
    for _ in range(2):
        fail(browser, 10)
        browser.clock.advance(days=1, seconds=1)
    assert browser.second_step(browser.ticket(), code=wrong_code(browser)).json["code"] == "invalid_code"
    assert database.users.find_one({"email": holder.email})["secondFactor"]["tries"]["failures"] == 1


def test_recovery_codes_count_as_tries_of_the_ticket_too(holder, browser_of):
    browser = browser_of(holder)
    ticket = browser.ticket()
    for _ in range(5):
        assert browser.second_step(ticket, recoveryCode="wrong").json["code"] == "invalid_code"
    assert browser.second_step(ticket, recoveryCode=holder.recovery_codes[0]).json["code"] == "invalid_ticket"


def fail(browser, number):
    """Present so many wrong codes, as fast as the delays allow."""
    done = 0
    while done < number:
        ticket = browser.ticket()
        for _ in range(min(5, number - done)):
            response = browser.second_step(ticket, code=wrong_code(browser))
            if response.status_code == 429:
                browser.clock.advance(seconds=int(response.headers["Retry-After"]))
                break
            done += 1


def test_after_ten_wrong_codes_the_next_ones_are_delayed(holder, browser_of):
    browser = browser_of(holder)
    fail(browser, 11)
    response = browser.second_step(browser.ticket(), code=browser.code())
    assert (response.status_code, response.json["code"]) == (429, "login_delayed")
    browser.clock.advance(seconds=int(response.headers["Retry-After"]))
    assert browser.second_step(browser.ticket(), code=browser.next_code()).status_code == 200


def test_delays_of_codes_do_not_hold_a_recovery_code(holder, browser_of):
    browser = browser_of(holder)
    fail(browser, 11)
    assert browser.second_step(browser.ticket(), recoveryCode=holder.recovery_codes[0]).status_code == 200
    assert browser.second_step(browser.ticket(), code=browser.next_code()).status_code == 200


def test_after_a_hundred_wrong_codes_those_of_the_app_rest_until_a_recovery_code(holder, browser_of, database):
    browser = browser_of(holder)
    fail(browser, 11)
    database.users.update_one({"secondFactor.tries.failures": 11}, {"$set": {"secondFactor.tries.failures": 100}})
    browser.clock.advance(days=2)
    response = browser.second_step(browser.ticket(), code=browser.next_code())
    assert response.json["code"] == "invalid_code"
    assert "recovery code" in response.json["message"]
    assert browser.second_step(browser.ticket(), recoveryCode=holder.recovery_codes[0]).status_code == 200
    assert browser.second_step(browser.ticket(), code=browser.next_code()).status_code == 200


def test_a_stranger_without_the_password_reaches_no_counter_of_the_factors(holder, browser_of, database):
    browser = browser_of(holder)
    for _ in range(20):
        browser.login(password="a wrong guess")
        browser.second_step("no ticket", code="123456")
    assert "tries" not in database.users.find_one({"email": holder.email})["secondFactor"]


def test_two_factors_at_once_are_refused_by_the_names_that_they_have_in_json(holder, browser_of):
    browser = browser_of(holder)
    proofs = {"code": browser.next_code(), "recoveryCode": holder.recovery_codes[0]}
    refused = (browser.second_step(browser.ticket(), **proofs), holder.confirm(password=holder.password, **proofs))
    for response in refused:
        assert (response.status_code, response.json["code"]) == (400, "invalid_request")
        assert response.json["errors"].keys() == proofs.keys()
