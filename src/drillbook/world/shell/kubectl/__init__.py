"""The Kubernetes command line."""
