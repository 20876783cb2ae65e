"""What happens on the clock: hand-out, digest, PRISMA, settling and leases."""
