"""The server, its worker, what is deployed on it, and the watch over them."""
