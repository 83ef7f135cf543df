"""Datasets that can be asked: embedded ones, published in generations, and remote ones."""
