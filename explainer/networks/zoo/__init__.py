"""Every network the app can open: shipped, from torchvision, or a visitor's own."""
