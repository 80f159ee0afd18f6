"""Posts from a WordPress export (WXR) into the blog. Start at importing.run: `import_file`."""
