"""Control of the service account: its key, its quota, its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from playground.google.control import bodies
from playground.google.quota import Limits

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


def machinery_routes(standin: GoogleStandIn) -> APIRouter:
    """The routes for the service account, its quota and its tokens."""
    routes = APIRouter(prefix="/sheets", tags=["sheets"])

    @routes.get("/account", summary="The service account and its key")
    async def account() -> bodies.Account:
        path = standin.write_key_file()
        return bodies.Account(
            email=standin.tokens.email, key_file=str(path), key=standin.key_file()
        )

    @routes.get("/quota", summary="Requests of the last minute, and the limits")
    async def read_quota() -> bodies.QuotaView:
        limits, user = standin.quota.limits, standin.tokens.email
        return bodies.QuotaView(
            reads_per_user=limits.reads_per_user,
            writes_per_user=limits.writes_per_user,
            reads_per_project=limits.reads_per_project,
            writes_per_project=limits.writes_per_project,
            reads_used=standin.quota.used("read", user),
            writes_used=standin.quota.used("write", user),
        )

    @routes.put("/quota", summary="Change the limits; requests so far are forgotten")
    async def change_quota(limits: bodies.QuotaLimits) -> bodies.Done:
        standin.quota.limits = Limits(**limits.model_dump())
        standin.quota.reset()
        return bodies.Done()

    @routes.post("/tokens/expire", summary="Let every bearer token expire now")
    async def expire_tokens() -> bodies.Done:
        standin.tokens.revoke_all()
        return bodies.Done()

    return routes
