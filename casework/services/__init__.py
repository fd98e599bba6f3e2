"""The verbs: the only writers of the product, one topic a file."""
