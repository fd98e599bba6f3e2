"""Keys, sealing and blind indexes. Plain functions over bytes; the only user of `cryptography`."""
