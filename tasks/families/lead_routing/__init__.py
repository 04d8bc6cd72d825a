"""Agent who should get a new lead: territory, accepted quotes as of a date, unconverted leads."""
