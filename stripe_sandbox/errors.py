"""What the API refuses, with the fields, codes and words that Stripe uses on the wire."""

from typing import Any


class ApiError(Exception):
    """An answer other than success. `executed` says whether an idempotency key remembers it:
    Stripe stores nothing for requests refused in validation, and stores what execution refused."""

    status = 400
    error_type = "invalid_request_error"
    executed = False

    def __init__(self, message: str, *, param: str = "", code: str = "", **more: Any) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.more = message, param, code, more

    def body(self) -> dict[str, Any]:
        """The JSON body; null fields are left out, as Stripe leaves them out."""
        error: dict[str, Any] = {"message": self.message, "type": self.error_type, **self.more}
        if self.param:
            error["param"] = self.param
        if self.code:
            error["code"] = self.code
            page = self.code.replace("_", "-")
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{page}"
        return {"error": dict(sorted(error.items()))}


class InvalidRequest(ApiError):
    """Refused in validation: nothing was done."""


class Refused(ApiError):
    """Well formed, but against a rule of the business; remembered under the idempotency key."""

    executed = True


class CardRefused(ApiError):
    """The bank said no. The attempt itself stays on record, unlike with other refusals."""

    status = 402
    error_type = "card_error"
    executed = True


class NotFound(ApiError):
    """No such object, or no such address."""

    status = 404


class Unauthorized(ApiError):
    """No key, or one that the sandbox must not see."""

    status = 401


class Forbidden(ApiError):
    """A restricted key that may not do this (only when a fault asks for it)."""

    status = 403


class Conflict(ApiError):
    """The same idempotency key is being worked on at this moment."""

    status = 409


class RateLimited(ApiError):
    """Too many requests (only when a fault asks for it)."""

    status = 429


class IdempotencyMismatch(ApiError):
    """The same idempotency key came with other parameters."""

    error_type = "idempotency_error"


class Broken(ApiError):
    """Stripe's own fault, or a broken contract of the sandbox."""

    status = 500
    error_type = "api_error"
    executed = True


def no_such(kind: str, object_id: str, *, param: str, on_path: bool = True) -> ApiError:
    """Stripe's wording for an unknown id: 404 when it is part of the path, 400 elsewhere."""
    error = NotFound if on_path else InvalidRequest
    return error(f"No such {kind}: '{object_id}'", param=param, code="resource_missing")


def key_in_use() -> Conflict:
    """Stripe's wording for an idempotency key that is being worked on."""
    return Conflict(
        "There is currently another in-progress request using this Idempotency Key (that probably"
        " means you submitted twice, and the other request is still going through). Please try"
        " again later.",
        code="idempotency_key_in_use",
    )


def missing_param(name: str) -> InvalidRequest:
    """Stripe's wording for a parameter that has to be there."""
    return InvalidRequest(f"Missing required param: {name}.", param=name, code="parameter_missing")


def invalid_currency(currency: str, name: str) -> InvalidRequest:
    """Stripe's wording for a currency that it does not know."""
    return InvalidRequest(f"Invalid currency: {currency}.", param=name)


def below(least: int, name: str) -> InvalidRequest:
    """Stripe's wording for a number that is too small."""
    return InvalidRequest(
        f"This value must be greater than or equal to {least}.",
        param=name,
        code="parameter_invalid_integer",
    )


def not_simulated(param: str) -> InvalidRequest:
    """For parameters that Stripe takes and the sandbox does not act on: better refused than ignored."""
    return InvalidRequest(f"stripe_sandbox does not simulate the parameter {param}.", param=param)
