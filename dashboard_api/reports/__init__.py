"""Reports of vans as tables and files: columns, words, totals, CSV, XLSX, PDF."""
