"""What the notebooks import: reference implementations, trained models, pictures and widgets."""
