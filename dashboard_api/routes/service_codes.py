"""GET /service-codes: the categories of complaints."""

from fastapi import APIRouter

from alerts.complaints.taxonomy import SERVICE_CODES
from dashboard_api.dependencies import SignedIn
from dashboard_api.schemas.common import Names
from dashboard_api.schemas.complaints import ServiceCode

router = APIRouter(tags=["complaints"])


@router.get("/service-codes")
async def list_service_codes(_caller: SignedIn) -> list[ServiceCode]:
    return [ServiceCode(code=code, name=Names(**names)) for code, names in SERVICE_CODES.items()]
