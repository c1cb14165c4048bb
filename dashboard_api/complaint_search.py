"""What an operator types into the search box of the complaint list."""

from sqlalchemy import ColumnElement, or_

from models.complaint import Complaint


def matching(text: str) -> ColumnElement[bool]:
    """Match a number by its beginning, and caller, phone or description by any part."""
    wanted = text.strip()
    return or_(
        Complaint.number.istartswith(wanted, autoescape=True),
        Complaint.description.icontains(wanted, autoescape=True),
        Complaint.caller_name.icontains(wanted, autoescape=True),
        Complaint.caller_phone.icontains(wanted, autoescape=True),
    )
