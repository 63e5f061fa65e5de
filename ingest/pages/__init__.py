"""Text lines on a page: columns, paragraphs, headings, margins."""
