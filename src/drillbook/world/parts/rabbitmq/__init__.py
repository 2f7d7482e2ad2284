"""RabbitMQ: work queues, their workers, and what is typed about them."""
