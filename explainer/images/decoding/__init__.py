"""What people upload: hostile bytes in, upright sRGB codes or one sentence out."""
