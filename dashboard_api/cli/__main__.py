"""``python -m dashboard_api.cli``: what ./ahual hands over to."""

from dashboard_api.cli.commands import app

app()
