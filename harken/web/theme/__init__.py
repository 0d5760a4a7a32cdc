"""The look: Jinja2 environment, macros, styles and browser behaviours that every page shares."""
