"""Glossary: the terms of the lecture, as this app uses them."""

from explainer.ui.home.glossary import glossary

glossary()
