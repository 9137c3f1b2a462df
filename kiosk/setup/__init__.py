"""The technician's room: from a bare box to a window that serves, asked once and written whole."""
