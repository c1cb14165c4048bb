"""How «the database is away» looks to whoever asked it something."""

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, OSError)
"""What a transaction raises when the database cannot be reached; the caller keeps its work."""
