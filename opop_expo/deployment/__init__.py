"""What a machine in production needs: settings that say no, proxies, several nodes."""
