"""Where a server listens: a host and a port, also of IPv6."""

import socket


def shown(host: str, port: int) -> str:
    """Return an address as it stands in a URL: an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_free(host: str, port: int) -> None:
    """Try to listen there, as the web server will: on IPv6 where the host is such an address. Raises OSError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
