"""What the archive is searched by: terms of articles, segments of postings, and conditions on terms."""
