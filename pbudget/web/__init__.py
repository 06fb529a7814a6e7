"""What every page shares: who may see it, how it is laid out, its headers, its errors, its log line."""
