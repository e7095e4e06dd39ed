"""The pictures of the app: uploads, samples, test patterns, thumbnails."""
