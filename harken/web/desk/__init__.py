"""The desk: what agents and leads work at. Views translate; the rooms below decide."""
