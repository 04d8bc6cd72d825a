"""The makers: each draws one part of the org's facts and writes their rows."""
