"""Whether the service is there, for people and for platforms."""


def test_root_says_that_the_api_is_live(api):
    response = api.get("/")
    assert response.status_code == 200
    assert response.json["message"] == "Backend API is live"


def test_head_of_root_is_answered_without_a_body(api):
    response = api.http.head("/")
    assert (response.status_code, response.data) == (200, b"")


def test_healthz_and_readyz_are_200_on_a_prepared_database(api):
    assert api.get("/healthz").status_code == 200
    assert api.get("/readyz").status_code == 200
