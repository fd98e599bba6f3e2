"""How any case is kept and moved: engine, records, verbs, pages."""
