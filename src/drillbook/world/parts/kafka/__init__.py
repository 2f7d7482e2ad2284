"""Kafka: topics, partitions, consumer groups, and what is typed about them."""
