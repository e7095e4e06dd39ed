"""What every page is made of: words, pictures, settings, components, visits."""
