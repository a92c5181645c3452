"""Figures for papers: what Plotly draws on the page, drawn by matplotlib at the width of a column."""
