"""The demonstration: Ashmere, a made-up borough, or real published data, through the ordinary actions."""
