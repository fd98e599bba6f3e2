"""Databases made by released code: what runs in them runs on."""
