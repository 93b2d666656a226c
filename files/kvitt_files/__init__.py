"""Files that people send in: taken in piece by piece, and kept in a folder or an S3 bucket."""
