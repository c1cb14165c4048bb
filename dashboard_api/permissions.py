"""Who may do what: the one table. Deny by default; an administrator sees no footage."""

from enum import StrEnum

from models.observations import RoleName


class Permission(StrEnum):
    OFFICES_READ = "offices.read"
    CAMERAS_READ = "cameras.read"  # names, states and zones of cameras; no picture
    LIVE_VIEW = "live.view"
    REPLAY_VIEW = "replay.view"
    TALK = "talk"  # speak through a camera's loudspeaker
    HOLDS_MAKE = "holds.make"
    HOLDS_RELEASE = "holds.release"
    EVIDENCE_EXPORT = "evidence.export"
    ALERTS_READ = "alerts.read"
    ALERTS_ACT = "alerts.act"
    COMPLAINTS_CREATE = "complaints.create"
    COMPLAINTS_READ = "complaints.read"
    COMPLAINTS_READ_OWN = "complaints.read_own"  # only those the person registered
    COMPLAINTS_COMMENT = "complaints.comment"
    COMPLAINTS_MOVE = "complaints.move"  # which moves, alerts/complaints/workflow.py says by role
    COMPLAINTS_EDIT = "complaints.edit"
    VANS_VIEW = "vans.view"
    VANS_PLAN = "vans.plan"  # routes, timetables, trips, crews and fences
    VANS_DEVICES = "vans.devices"  # which devices report and how well, under masked names
    VANS_CONFIGURE = "vans.configure"  # vans and their devices; no position
    VANS_PAIR = "vans.pair"  # crews' phones that speak for a van
    CAMERAS_TURN = "cameras.turn"  # PTZ presets
    CAMERAS_CONFIGURE = "cameras.configure"
    ZONES_EDIT = "zones.edit"  # with a still in which nobody can be recognised
    USERS_MANAGE = "users.manage"
    AUDIT_READ = "audit.read"


_LETTERS = {
    "o": RoleName.OPERATOR,
    "d": RoleName.DISPATCHER,
    "u": RoleName.AUDITOR,
    "g": RoleName.AGENT,
    "s": RoleName.SUPERVISOR,
    "a": RoleName.ADMIN,
}

_TABLE = {
    # operator, dispatcher, auditor (u), agent (g), supervisor, admin
    Permission.OFFICES_READ: "o d u g s a",
    Permission.CAMERAS_READ: "o . u . s a",
    Permission.LIVE_VIEW: "o . . . s .",
    Permission.REPLAY_VIEW: "o . u . s .",
    Permission.TALK: "o . . . s .",
    Permission.HOLDS_MAKE: "o d u . s .",
    Permission.HOLDS_RELEASE: ". . u . . .",
    Permission.EVIDENCE_EXPORT: ". . u . s .",
    Permission.ALERTS_READ: "o d u . s .",
    Permission.ALERTS_ACT: "o d . . s .",
    Permission.COMPLAINTS_CREATE: "o . . g s .",
    Permission.COMPLAINTS_READ: "o . u . s .",
    Permission.COMPLAINTS_READ_OWN: ". . . g . .",
    Permission.COMPLAINTS_COMMENT: "o . u g s .",
    Permission.COMPLAINTS_MOVE: "o . . g s .",
    Permission.COMPLAINTS_EDIT: "o . . . s .",
    Permission.VANS_VIEW: "o d u . s .",
    Permission.VANS_PLAN: ". d . . s .",
    Permission.VANS_DEVICES: ". d . . s a",
    Permission.VANS_CONFIGURE: ". . . . . a",
    Permission.VANS_PAIR: ". d . . s a",
    Permission.CAMERAS_TURN: "o . . . s .",
    Permission.CAMERAS_CONFIGURE: ". . . . . a",
    Permission.ZONES_EDIT: ". . . . s a",
    Permission.USERS_MANAGE: ". . . . . a",
    Permission.AUDIT_READ: ". . u . s a",
}

ROLE_PERMISSIONS: dict[RoleName, frozenset[Permission]] = {
    role: frozenset(p for p, letters in _TABLE.items() if letter in letters.split())
    for letter, role in _LETTERS.items()
}


def roles_with(*any_of: Permission) -> list[RoleName]:
    """Return the roles that have at least one of the permissions."""
    return [role for role, has in ROLE_PERMISSIONS.items() if has.intersection(any_of)]
