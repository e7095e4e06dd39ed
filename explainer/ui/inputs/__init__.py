"""What a visitor gives a page that is no widget of Streamlit's: drawings, clicked places."""
