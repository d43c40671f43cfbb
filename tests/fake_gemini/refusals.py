"""The errors that faults stand for."""

from __future__ import annotations

from fake_gemini.config import Config
from fake_gemini.errors import METRIC, RPC, ApiError, Reply
from fake_gemini.limits import HELP_URL, over_quota, requests_per_day, requests_per_minute, retry_info

HTML_502 = (
    b"<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n"
    b"<p><b>502.</b> <ins>That\xe2\x80\x99s an error.</ins>\n<p>The server encountered a temporary error and "
    b"could not complete your request.<p>Please try again in 30 seconds.\n"
)


def fault_error(fault: str | None, model: str, config: Config) -> ApiError | None:
    """The error that a fault stands for; None where it stands for an answer, or for none at all."""
    delay, retry_after = config.retry_delay, config.retry_after
    match fault:
        case "429":
            return over_quota(model, requests_per_minute(config.rpm or 1000), delay, retry_after)
        case "429_per_day":
            return over_quota(model, requests_per_day(config.per_day or 10_000), delay, retry_after)
        case "429_bare":
            return ApiError(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
        case "429_billing":
            message = "Your project has exceeded its monthly spending cap. See AI Studio to manage it."
            return ApiError(429, "RESOURCE_EXHAUSTED", message)
        case "429_limit_0":
            return _no_quota(model, delay)
        case "429_spending":
            message = "Your project has reached its spend limit for the last 10 minutes. Please retry later."
            wait = config.spending_delay
            return ApiError(429, "RESOURCE_EXHAUSTED", message, [retry_info(wait)] if wait else None)
        case "429_long":
            return over_quota(model, requests_per_minute(config.rpm or 1000), config.long_delay, retry_after)
        case "429_odd":
            details = ["text", None, {"@type": None}, {"@type": f"{RPC}.QuotaFailure", "violations": "text"}]
            details += [{"@type": f"{RPC}.RetryInfo", "retryDelay": {"seconds": "soon"}}]
            return ApiError(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted.", details)
        case "429_nan":
            error = ApiError(429, "RESOURCE_EXHAUSTED", "")
            error.reply = Reply(429, b"slow down", headers=b"Retry-After: nan\r\n", content_type=b"text/plain")
            return error
        case "403_disabled":
            return _disabled()
        case "403_billing":
            info = {"reason": "BILLING_DISABLED", "domain": "googleapis.com", "metadata": {"service": METRIC}}
            message = "This API method requires billing to be enabled. Please enable billing and retry."
            return ApiError(403, "PERMISSION_DENIED", message, [{"@type": f"{RPC}.ErrorInfo", **info}])
        case "500":
            return ApiError(500, "INTERNAL", "An internal error has occurred. Please retry.")
        case "503":
            return ApiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        case "500_text" | "500_null" | "500_list":
            error = ApiError(500, "INTERNAL", "")
            error.reply = Reply(
                500, {"500_text": b'{"error": "text"}', "500_null": b"null", "500_list": b"[1, 2]"}[fault]
            )
            return error
        case "520" | "409" | "204":  # of a proxy's own
            error = ApiError(int(fault), "", "")
            error.reply = Reply(int(fault), b"")
            return error
        case "redirect":
            error = ApiError(307, "", "")
            location = f"{config.redirect_to}/v1beta/models/{model}:generateContent".encode()
            error.reply = Reply(307, b"", headers=b"Location: %b\r\n" % location)
            return error
        case "502":
            error = ApiError(502, "BAD_GATEWAY", "Bad gateway")
            error.reply = Reply(502, HTML_502, content_type=b"text/html; charset=UTF-8")
            return error
    return None


def _no_quota(model: str, delay: float) -> ApiError:
    """What a project hears whose tier has nothing of a model: a quota per minute, and a wait that is of no use."""
    metric = f"{METRIC}/generate_content_free_tier_requests"
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information "
        f"on this error, head to: {HELP_URL}. \n* Quota exceeded for metric: {metric}, limit: 0, model: {model}\n"
        f"Please retry in {delay:g}s."
    )
    violation = {"quotaMetric": metric, "quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}
    details = [{"@type": f"{RPC}.QuotaFailure", "violations": [violation]}, retry_info(delay)]
    return ApiError(429, "RESOURCE_EXHAUSTED", message, details)


def _disabled() -> ApiError:
    activation = "https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=1"
    message = (
        "Generative Language API has not been used in project 1 before or it is disabled. Enable it by visiting "
        f"{activation} then retry."
    )
    info = {"reason": "SERVICE_DISABLED", "domain": "googleapis.com", "metadata": {"activationUrl": activation}}
    return ApiError(403, "PERMISSION_DENIED", message, [{"@type": f"{RPC}.ErrorInfo", **info}])
