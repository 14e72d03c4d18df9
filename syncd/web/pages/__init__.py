"""The pages: a module for each, which parses the request, calls a view and renders a template."""
