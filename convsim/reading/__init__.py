"""What a message says: turn classes, asked units, values in text; used by users and judges alike."""
