"""Mail: addresses, the message, and handing it to a server or a program."""
