"""Making a digest: what waits, what spikes, what the past says, how it reads; and previews of it."""
