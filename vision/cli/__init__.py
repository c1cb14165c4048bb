"""Commands of ./ahual that load networks; dashboard_api.cli hands over to this process."""
