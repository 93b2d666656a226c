"""The region's news: published, shown on its days, withdrawn (NTF-5)."""
