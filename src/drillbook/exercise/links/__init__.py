"""A team's real tools, connected to a live drill: scraped by Prometheus, heard by Alertmanager and webhooks.

The drill's thread hands over what is to be told and never waits; servers and senders have their own threads.
"""
