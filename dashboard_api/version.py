"""The version that the API, its OpenAPI document and the command line show."""

VERSION = "0.1.0"
