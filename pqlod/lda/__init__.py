"""The Linked Data API: a configuration, a request and a dataset become a page. It knows nothing of HTTP."""
