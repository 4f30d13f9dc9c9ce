"""What people do with codes in their mail, in the words of the API; each returns the raw response."""


def ask_to_verify(api):
    return api.post("/profile/email/verification")


def verify(api, code):
    return api.post("/profile/email/verification/confirm", json={"code": code})


def ask_to_change(api, new):
    return api.post("/profile/email", json={"newEmail": new})


def change(api, code):
    """The client holds the new tokens if the change succeeds."""
    return api._with_tokens(api.post("/profile/email/confirm", json={"code": code}))


def confirm_registration(api, registration, code):
    return api.post("/auth/register/confirm", json={"registration": registration, "code": code})


def wrong(code):
    """Another code of the same form."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
