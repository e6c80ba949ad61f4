"""What a review says, written for people: Markdown, Mermaid and SVG, with everything secret masked."""
