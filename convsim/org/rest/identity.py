"""Who is logged in: the identity URL and the OpenID user info."""

from typing import Any

from convsim.org.layout import quoted
from convsim.org.rest.message import Request
from convsim.org.rest.service import Service, not_found
from convsim.org.rest.sessions import SessionState

_FIELDS = ("Username", "FirstName", "LastName", "Name", "Email", "Phone", "IsActive")


def identity(service: Service, request: Request, state: SessionState, path: tuple[str, ...]) -> dict[str, Any]:
    """Return `GET /id/<organization>/<user>` (OAuth "Identity URLs"); raises NOT_FOUND for another user's."""
    if len(path) != 2 or path[0][:15] != service.organization_id[:15] or path[1][:15] != state.user_id[:15]:
        raise not_found()
    origin = service.instance_url(request)
    user = _user(service, state)
    return {
        "id": f"{origin}/id/{service.organization_id}/{state.user_id}",
        "asserted_user": True,
        "user_id": state.user_id,
        "organization_id": service.organization_id,
        "username": user["Username"],
        "nick_name": user["Username"].partition("@")[0],
        "display_name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "first_name": user["FirstName"],
        "last_name": user["LastName"],
        "timezone": service.time_zone,
        "photos": {},
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(origin, service, state),
        "active": bool(user["IsActive"]),
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "last_modified_date": None,
        "is_app_installed": True,
    }


def _urls(origin: str, service: Service, state: SessionState) -> dict[str, str]:
    rest = f"{origin}/services/data/v{{version}}/"
    soap = f"{origin}/services/Soap"
    organization = service.organization_id[:15]
    return {
        "enterprise": f"{soap}/c/{{version}}/{organization}",
        "metadata": f"{soap}/m/{{version}}/{organization}",
        "partner": f"{soap}/u/{{version}}/{organization}",
        "rest": rest,
        "sobjects": f"{rest}sobjects/",
        "search": f"{rest}search/",
        "query": f"{rest}query/",
        "recent": f"{rest}recent/",
        "tooling_soap": f"{soap}/T/{{version}}/{organization}",
        "tooling_rest": f"{rest}tooling/",
        "profile": f"{origin}/{state.user_id}",
        "custom_domain": origin,
    }


def user_info(service: Service, request: Request, state: SessionState) -> dict[str, Any]:
    """Return `GET /services/oauth2/userinfo` (OpenID Connect)."""
    user = _user(service, state)
    origin = service.instance_url(request)
    return {
        "sub": f"{origin}/id/{service.organization_id}/{state.user_id}",
        "user_id": state.user_id,
        "organization_id": service.organization_id,
        "preferred_username": user["Username"],
        "nickname": user["Username"].partition("@")[0],
        "name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "zoneinfo": service.time_zone,
        "photos": {},
        "active": bool(user["IsActive"]),
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "urls": _urls(origin, service, state),
    }


def _user(service: Service, state: SessionState) -> dict[str, Any]:
    """Return the session user's fields from the User record, or from the credentials where there is none."""
    user = {
        **dict.fromkeys(_FIELDS),
        **{"Username": service.credentials.user, "Email": service.credentials.user},
        **{"Name": service.user_name, "LastName": service.user_name, "IsActive": True},
    }
    sobject = service.schema.object("User")
    if sobject is not None:
        names = [name for name in _FIELDS if sobject.field(name)]
        columns = ", ".join(map(quoted, names)) or '"Id"'
        rows = service.store.select(f'SELECT {columns} FROM "User" WHERE "Id" = ?', (state.user_id,))  # noqa: S608
        if rows:
            user.update({name: value for name, value in zip(names, rows[0], strict=False) if value is not None})
    return user
