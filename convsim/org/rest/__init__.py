"""The REST API of an org: one `handle(request) -> response` for the in-process client and for HTTP."""
