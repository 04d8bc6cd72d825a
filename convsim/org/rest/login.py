"""Logins: SOAP `login()` and the OAuth token endpoint (password and client credentials)."""

import base64
import binascii
import hashlib
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from convsim.org.rest.message import FORM, XML, Request, Response, dumps
from convsim.org.rest.service import Service
from convsim.org.rest.sessions import SessionState

_FAULT = "Invalid username, password, security token; or user locked out."
_MAX_SOAP = 64_000
"""Bytes of a login envelope; a login needs about 1,000."""


def soap_login(service: Service, request: Request) -> Response:
    """Answer `POST /services/Soap/u/XX.X` (SOAP API Developer Guide, "login()")."""
    operation, fields = _read_envelope(request.body)
    if operation == "":
        return _fault("soapenv:Client", "UNKNOWN_EXCEPTION", "content is not allowed in prolog")
    if operation != "login":
        return _fault("sf:INVALID_OPERATION", "INVALID_OPERATION", f"only login() is answered here, not '{operation}'")
    if not service.credentials.accepts(fields.get("username", ""), fields.get("password", "")):
        return _fault("INVALID_LOGIN", "INVALID_LOGIN", _FAULT)
    return _soap_result(service, request, service.sessions.open(service.user_id))


def _read_envelope(body: bytes) -> tuple[str, dict[str, str]]:
    """Return the operation's local name and its child elements' texts; no operation where it is no SOAP."""
    if len(body) > _MAX_SOAP or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return "", {}
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError:
        return "", {}
    found = root.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    operation = next(iter(found), None) if found is not None else None
    if operation is None:
        return "", {}
    return _local(operation.tag), {_local(each.tag): each.text or "" for each in operation}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _soap_result(service: Service, request: Request, state: SessionState) -> Response:
    version = request.path.rstrip("/").rpartition("/")[2]
    url = f"{service.instance_url(request)}/services/Soap/u/{version}/{service.organization_id[:15]}"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
        'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><loginResponse><result>'
        f"<metadataServerUrl>{escape(url.replace('/u/', '/m/'))}</metadataServerUrl>"
        "<passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
        f"<serverUrl>{escape(url)}</serverUrl><sessionId>{escape(state.id)}</sessionId>"
        f"<userId>{state.user_id}</userId><userInfo>{_user_info(service)}</userInfo>"
        "</result></loginResponse></soapenv:Body></soapenv:Envelope>"
    )
    return Response(200, body.encode(), content_type=XML)


def _user_info(service: Service) -> str:
    facts = {
        "accessibilityMode": "false",
        "currencySymbol": "$",
        "orgDefaultCurrencyIsoCode": "USD",
        "orgHasPersonAccounts": str(service.person_accounts).lower(),
        "organizationId": service.organization_id,
        "organizationMultiCurrency": "false",
        "organizationName": service.name,
        "sessionSecondsValid": "7200",
        "userEmail": service.credentials.user,
        "userFullName": service.user_name,
        "userId": service.user_id,
        "userLanguage": "en_US",
        "userLocale": "en_US",
        "userName": service.credentials.user,
        "userTimeZone": service.time_zone,
        "userType": "Standard",
    }
    return "".join(f"<{key}>{escape(value)}</{key}>" for key, value in facts.items())


def _fault(fault: str, code: str, message: str) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
        'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>{escape(fault)}</faultcode><faultstring>{escape(f'{code}: {message}')}</faultstring>"
        f'<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{escape(message)}</sf:exceptionMessage></sf:LoginFault></detail>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return Response(500, body.encode(), content_type=XML)


def token(service: Service, request: Request) -> Response:
    """Answer `POST /services/oauth2/token` (OAuth 2.0 username-password and client credentials flows)."""
    form = {**request.parameters, **(request.form if _is_form(request) else {})}
    grant = form.get("grant_type", "")
    if grant not in {"password", "client_credentials"}:
        return _refusal("unsupported_grant_type", "grant type not supported")
    key, secret = _client(request, form)
    if grant == "client_credentials" and not service.credentials.accepts_client(key, secret):
        return _refusal("invalid_client", "invalid client credentials")
    if grant == "password":
        if key and not service.credentials.accepts_client(key, secret):
            return _refusal("invalid_client_id", "client identifier invalid")
        if not service.credentials.accepts(form.get("username", ""), form.get("password", "")):
            return _refusal("invalid_grant", "authentication failure")
    return _granted(service, request, service.sessions.open(service.user_id))


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", FORM).partition(";")[0].strip().lower() == FORM


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Return the connected app's key and secret, from Basic authentication or else from the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return key, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _granted(service: Service, request: Request, state: SessionState) -> Response:
    origin = service.instance_url(request)
    issued = service.issued_at()
    identity = f"{origin}/id/{service.organization_id}/{state.user_id}"
    signature = hashlib.sha256(f"{identity}{issued}".encode()).digest()
    payload = {
        "access_token": state.id,
        "instance_url": origin,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
        "signature": base64.b64encode(signature).decode(),
    }
    return Response(200, dumps(payload))


def _refusal(error: str, description: str) -> Response:
    return Response(400, dumps({"error": error, "error_description": description}))
