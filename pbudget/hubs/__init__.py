"""Where residents get help: the phone line with its hours, and the hubs they can walk into."""
