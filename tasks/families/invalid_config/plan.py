"""invalid_config: do the products and quantities of a quote go together, or which article stands against them?"""

from pathlib import Path

from tasks.quote_rules.plan import QuotePlan


class InvalidConfig(QuotePlan):
    """Article that the products and quantities of a quote violate, or none."""

    name = "invalid_config"
    folder = Path(__file__).parent
    aspect = "configuration"


PLAN = InvalidConfig()
