"""The pictures of the app: uploads decoded and bounded, samples, test patterns, thumbnails."""
