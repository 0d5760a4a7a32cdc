"""The portal: pages of the company for its customers, without an account."""
