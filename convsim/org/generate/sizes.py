"""How many records each object gets at scale 1, and at any other scale."""

from convsim.org.generate.latent import OrgType

DEFAULTS: dict[str, tuple[int, int]] = {
    "User": (210, 210),
    "Account": (100, 900),
    "Contact": (880, 900),
    "Lead": (1450, 300),
    "Opportunity": (1150, 2300),
    "OpportunityLineItem": (4600, 9600),
    "Quote": (700, 1400),
    "QuoteLineItem": (2800, 5600),
    "Contract": (240, 400),
    "Order": (240, 900),
    "OrderItem": (960, 3400),
    "Product2": (50, 60),
    "Pricebook2": (2, 2),
    "PricebookEntry": (100, 120),
    "Case": (960, 1900),
    "CaseHistory__c": (3100, 6000),
    "Issue__c": (16, 16),
    "EmailMessage": (3600, 7200),
    "LiveChatTranscript": (320, 900),
    "VoiceCallTranscript__c": (3300, 4700),
    "Task": (3800, 6900),
    "Event": (170, 150),
    "Knowledge__kav": (200, 120),
    "Territory2": (10, 10),
    "UserTerritory2Association": (190, 190),
}
"""Records at scale 1 for b2b and b2c."""
CATALOGUE = frozenset({"Product2", "Pricebook2", "PricebookEntry", "Issue__c", "Knowledge__kav", "Territory2"})
"""What a company has once, however many customers it has: these counts do not scale."""
_LEAST = {"User": 42, "UserTerritory2Association": 38, "Account": 12, "Contact": 40, "Contract": 12, "Order": 24}


def size(org_type: OrgType, object_name: str, scale: float) -> int:
    """Return the number of records; no object is empty, and users never too few for ten territories."""
    default = DEFAULTS[object_name][org_type == "b2c"]
    if object_name in CATALOGUE:
        return default
    return max(min(default, _LEAST.get(object_name, 4)), int(default * scale + 0.5))
