"""A real Chromium at a page of the service's origin, with virtual authenticators (CDP, domain `WebAuthn`)."""

# The conversions are the browser's own; `call` is what a page does with an answer.
SCRIPT = """
window.call = async (path, body, token) => {
  const headers = {"Content-Type": "application/json", ...(token ? {Authorization: `Bearer ${token}`} : {})};
  const answer = await fetch(path, {method: "POST", headers, body: JSON.stringify(body ?? {})});
  return {status: answer.status, ...(await answer.json())};
};
window.make = async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
};
window.sign = async (options, more) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({publicKey, ...more})).toJSON();
};
"""
HONEST = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "defaultBackupEligibility": True,
    "defaultBackupState": True,
}
KEPT = ("credentialId", "isResidentCredential", "rpId", "privateKey", "userHandle", "signCount")
FLAGS = ("backupEligibility", "backupState")


class Page:
    """A page at `url`, in a browser with one virtual authenticator."""

    def __init__(self, browser, url, **authenticator):
        self.url = url
        self.context = browser.new_context(bypass_csp=True)  # the page is an answer of the API, which allows nothing
        self.context.add_init_script(SCRIPT)
        self.page = self.context.new_page()
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable", {"enableUI": False})
        self.authenticator_id = self._send_new({**HONEST, **authenticator})
        self.page.goto(f"{url}/healthz")

    def _send_new(self, options):
        return self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def call(self, path, body=None, token=None):
        return self.page.evaluate("([path, body, token]) => call(path, body, token)", [path, body, token])

    def make(self, options):
        return self.page.evaluate("options => make(options)", options)

    def sign(self, options, more=None):
        return self.page.evaluate("([options, more]) => sign(options, more)", [options, more or {}])

    def outcome(self, script, argument=None):
        """The value of a promise, or the name of what it was rejected with."""
        return self.page.evaluate(
            f"async (argument) => {{ try {{ return await ({script})(argument) }} "
            "catch (error) { return error.name } }",
            argument,
        )

    def set(self, name, **parameters):
        self.cdp.send(f"WebAuthn.{name}", {"authenticatorId": self.authenticator_id, **parameters})

    def credential(self):
        (found,) = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator_id})["credentials"]
        return found

    def replace_credential(self, **changes):
        """Put the passkey back with something changed, as a copy of it would be."""
        found = {**self.credential(), **changes}
        self.set("removeCredential", credentialId=found["credentialId"])
        self.set("addCredential", credential={name: found[name] for name in (*KEPT, *FLAGS) if name in found})
