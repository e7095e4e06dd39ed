"""What a visitor touches: controls, picture input, components. The only package with streamlit."""
