"""Parts of `bench/org_speed.py`: the queries with their hand-written peers, and what is measured beside them."""
