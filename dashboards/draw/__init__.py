"""The design system: figures, small multiples, sections."""
