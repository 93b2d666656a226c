"""Documents that people read and keep, as PDF: made of data alone, by templates."""
