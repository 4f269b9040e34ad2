"""The time zones to choose from: those of the United States first."""

from zoneinfo import available_timezones

US_ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain, Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic, Puerto Rico",
    "Pacific/Guam": "Guam",
    "Pacific/Pago_Pago": "American Samoa",
}


def zones() -> dict[str, dict[str, str]]:
    """Return the choices of a field: groups of zones by name."""
    others = sorted(zone for zone in available_timezones() if "/" in zone and zone not in US_ZONES)
    return {
        "United States": {zone: f"{label} ({zone})" for zone, label in US_ZONES.items()},
        "Everywhere": {"UTC": "UTC", **{zone: zone.replace("_", " ") for zone in others}},
    }


def zones_or_none() -> dict[str, dict[str, str]]:
    """Return the same, led by a choice that says nothing yet."""
    return {"Not chosen": {"": "Choose"}, **zones()}
