"""The command `wsc`: what people type, what they see, and the JSON that scripts rely on."""
